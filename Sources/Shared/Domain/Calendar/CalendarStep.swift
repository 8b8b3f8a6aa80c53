// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// How far it is from one slot to the next on the calendar: the value of the job field `every`, `{"months": 1}`.
package struct CalendarStep: Hashable, Sendable {
    /// What is counted; the raw values are the names in JSON, in the order in which they are told.
    package enum Unit: String, CaseIterable, Sendable {
        case years, months, weeks, days

        /// How many of them a step may have: a hundred years at most, as an interval (a year has more than 52 weeks and 365
        /// days, so some less of these).
        package var counts: ClosedRange<Int64> {
            switch self {
            case .years: 1...100
            case .months: 1...1_200
            case .weeks: 1...5_200
            case .days: 1...36_500
            }
        }
    }

    /// What is counted.
    package let unit: Unit
    /// How many of them; in ``Unit/counts``.
    package let count: Int

    /// The count is in ``Unit/counts``.
    package init(_ count: Int, _ unit: Unit) {
        self.unit = unit
        self.count = count
    }

    /// As in the API and in documents: an object with the one unit.
    package var json: JSONValue { .object([unit.rawValue: .int(Int64(count))]) }
}

/// As people write it: `1 month`, `2 weeks`.
extension CalendarStep: CustomStringConvertible {
    /// What is accepted, to complete "expected".
    package static let expected = "a number of days, weeks, months or years such as '1 month', '2 weeks' or months=1"

    /// Reads a count and a unit (`2 weeks`), or both as in JSON (`weeks=2`); `nil` for anything else.
    package init?(text: String) {
        let separator: Character = text.contains("=") ? "=" : " "
        let parts = text.lowercased().split(separator: separator).map { String($0) }
        guard parts.count == 2 else { return nil }
        let (number, name) = separator == "=" ? (parts[1], parts[0]) : (parts[0], parts[1])
        guard number.utf8.count <= 5, number.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let count = Int64(number),
            let unit = Unit.allCases.first(where: { $0.rawValue == name || $0.rawValue.dropLast() == name[...] }),
            unit.counts.contains(count)
        else { return nil }
        self.init(Int(count), unit)
    }

    package var description: String { "\(count) \(count == 1 ? unit.rawValue.dropLast() : unit.rawValue[...])" }
}
