// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Foundation

/// The slots of a schedule found without any of the code under test: by looking at every minute of a span.
///
/// The clock and the calendar are Foundation's; what an expression means is written beside it in Swift.
package struct CronOracle {
    /// What the clock on the wall shows in one minute.
    package struct Minute: Sendable {
        /// Of the Gregorian calendar.
        package var year: Int16
        /// From 1 on.
        package var month: Int8
        /// Of the month, from 1 on.
        package var day: Int8
        /// How many days the month has.
        package var monthLength: Int8
        /// Sunday is 0.
        package var weekday: Int8
        /// 0 to 23.
        package var hour: Int8
        /// 0 to 59.
        package var minute: Int8
    }

    /// An expression and the same in Swift.
    package struct Rule: Sendable, CustomStringConvertible {
        /// The expression.
        package let description: String
        /// Whether its hour is a wildcard.
        package let isSpaced: Bool
        /// Whether a minute of the clock on the wall is meant.
        package let matches: @Sendable (Minute) -> Bool

        /// A rule of five fields.
        package init(_ text: String, isSpaced: Bool = false, _ matches: @escaping @Sendable (Minute) -> Bool) {
            description = text
            self.isSpaced = isSpaced
            self.matches = matches
        }
    }

    /// The first minute, counted from 1970-01-01T00:00Z.
    package let start: Int
    /// Local time less UTC of each minute, in minutes.
    private let offsets: [Int]
    /// Every local minute from the first to the last that the clock shows.
    private let wall: [Minute]
    /// The local minute that ``wall`` begins with.
    private let wallStart: Int

    /// Two years from the first of January on.
    ///
    /// Throws when there is no such zone.
    package init(zone name: String, year: Int) throws {
        struct NoSuchZone: Error {}
        guard let zone = TimeZone(identifier: name), let utc = TimeZone(secondsFromGMT: 0) else { throw NoSuchZone() }
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = utc
        let parts = DateComponents(year: year, month: 1, day: 1)
        guard let begin = calendar.date(from: parts) else { throw NoSuchZone() }
        start = Int(begin.timeIntervalSince1970) / 60
        // No zone has changed its offset in between quarters of an hour since long before these years.
        var offsets: [Int] = []
        for quarter in 0..<731 * 96 {
            let offset = zone.secondsFromGMT(for: begin.addingTimeInterval(Double(quarter) * 900)) / 60
            offsets.append(contentsOf: repeatElement(offset, count: 15))
        }
        self.offsets = offsets
        wallStart = start - 2 * 1_440
        var wall: [Minute] = []
        for day in 0..<736 {
            let date = begin.addingTimeInterval(Double(day - 2) * 86_400)
            let found = calendar.dateComponents([.year, .month, .day, .weekday], from: date)
            guard let year = found.year, let month = found.month, let number = found.day, let weekday = found.weekday,
                let length = calendar.range(of: .day, in: .month, for: date)?.count
            else { throw NoSuchZone() }
            for minute in 0..<1_440 {
                wall.append(
                    Minute(
                        year: Int16(year), month: Int8(month), day: Int8(number), monthLength: Int8(length),
                        weekday: Int8(weekday - 1), hour: Int8(minute / 60), minute: Int8(minute % 60)))
            }
        }
        self.wall = wall
    }

    /// How many minutes are looked at.
    package var count: Int { offsets.count }

    /// The minutes at which the zone's clock is put, counted from 1970-01-01T00:00Z.
    package var transitions: [Int] {
        offsets.indices.dropFirst().filter { offsets[$0] != offsets[$0 - 1] }.map { start + $0 }
    }

    /// The slots, in minutes since 1970-01-01T00:00Z.
    package func slots(of rule: Rule) -> [Int] {
        var found: [Int] = []
        var shownBefore: Set<Int> = []
        for index in offsets.indices {
            let local = start + index + offsets[index]
            var isDue = rule.matches(wall[local - wallStart])
            if !rule.isSpaced, index > 0 {
                let expected = start + index + offsets[index - 1]
                // The clock was set back: what it has shown already does not count again.
                if local < expected { shownBefore.formUnion(local..<expected) }
                if isDue, shownBefore.contains(local) { isDue = false }
                // It was set forward: what it did not show is due now.
                if local > expected {
                    isDue = isDue || (expected..<local).contains { rule.matches(wall[$0 - wallStart]) }
                }
            }
            if isDue { found.append(start + index) }
        }
        return found
    }
}
