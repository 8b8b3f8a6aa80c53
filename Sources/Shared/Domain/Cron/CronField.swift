// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// A field of a cron expression, in the order of the text.
package enum CronField: String, CaseIterable, Hashable, Sendable {
    /// Only in an expression of six fields; otherwise 0.
    case second
    /// Of the hour.
    case minute
    /// Of the day, on the clock on the wall of the zone.
    case hour
    /// Counted from the first or, with `L`, from the last of the month.
    case dayOfMonth = "day of month"
    /// January is 1.
    case month
    /// Sunday is 0 and 7.
    case dayOfWeek = "day of week"

    /// The values that the text may hold.
    var range: ClosedRange<Int> {
        switch self {
        case .second, .minute: 0...59
        case .hour: 0...23
        case .dayOfMonth: 1...31
        case .month: 1...12
        case .dayOfWeek: 0...7
        }
    }

    /// The different values there are: 7 is the 0 of the week, and days that not every month has are no choice for `H`.
    var hashRange: ClosedRange<Int> {
        switch self {
        case .dayOfMonth: 1...28
        case .dayOfWeek: 0...6
        default: range
        }
    }

    /// What `*` stands for.
    var wholeRange: ClosedRange<Int> { self == .dayOfWeek ? 0...6 : range }

    /// Three-letter names in upper case and the value of each.
    var names: [String: Int] {
        switch self {
        case .month: Self.monthNames
        case .dayOfWeek: Self.dayNames
        default: [:]
        }
    }

    /// What a fault tells the reader.
    var allowed: String {
        let values =
            switch self {
            case .second, .minute: "0-59, *, H"
            case .hour: "0-23, *, H"
            case .dayOfMonth: "1-31, *, ?, L, L-3, LW, 15W, H"
            case .month: "1-12, JAN-DEC, *, H"
            case .dayOfWeek: "0-7 (0 and 7 are Sunday), SUN-SAT, *, ?, 5L, 5#3, H"
            }
        let example = self == .month || self == .dayOfWeek || self == .dayOfMonth ? "1-5" : "10-20"
        return "\(values), lists (1,2), ranges (\(example)) and steps (*/2, \(example)/2)"
    }

    private static let monthNames = numbered(
        ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"], from: 1)
    private static let dayNames = numbered(["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"], from: 0)

    private static func numbered(_ names: [String], from first: Int) -> [String: Int] {
        Dictionary(uniqueKeysWithValues: zip(names, first...))
    }
}
