// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

extension SettingsReader {
    /// A whole number in decimal digits within a range.
    package mutating func integer(_ name: SettingName, in range: ClosedRange<Int>, default fallback: Int) -> Int {
        value(
            name, default: "\(fallback)", expected: "a whole number from \(range.lowerBound) to \(range.upperBound)",
            show: { "\($0)" }, parse: { Self.digits($0, in: range) })
    }

    /// A span in whole milliseconds: 1 to 86,400,000, that is a day.
    package mutating func duration(_ name: SettingName, default fallback: Int) -> Duration {
        let range = 1...86_400_000
        return value(
            name, default: "\(fallback)",
            expected: "a whole number of milliseconds from \(range.lowerBound) to \(range.upperBound)",
            show: { "\($0.milliseconds)" }, parse: { Self.digits($0, in: range).map { .milliseconds($0) } })
    }

    /// One of the words of an enumeration, in its spelling.
    package mutating func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ name: SettingName, of choices: Choice.Type, default fallback: Choice
    ) -> Choice {
        value(
            name, default: fallback.rawValue, expected: Self.listed(choices.allCases.map(\.rawValue)),
            show: \.rawValue, parse: { Choice(rawValue: $0) })
    }

    /// Whether the events of the dialect `clockmonster` are published.
    mutating func clockMonsterEvents() -> Bool { choice(.clockMonsterEvents, of: Switch.self, default: .off) == .on }

    /// The words "one of a, b, c", or the only one.
    static func listed(_ words: [String]) -> String {
        words.count == 1 ? words[0] : "one of " + words.joined(separator: ", ")
    }

    /// Decimal digits only: no sign, no space, no separators.
    private static func digits(_ text: String, in range: ClosedRange<Int>) -> Int? {
        guard text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }), let number = Int(text)
        else { return nil }
        return range.contains(number) ? number : nil
    }
}

/// A setting that is on or off.
private enum Switch: String, CaseIterable {
    case on, off
}
