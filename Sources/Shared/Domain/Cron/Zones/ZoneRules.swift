// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// The offsets of one zone through all time, as the system's zone database has them.
///
/// Read from the database's files and not from Foundation's `TimeZone`: that one carries its own copy of the data inside
/// ICU, which an update of the operating system does not reach, and ICU adds 40 MB to each program (docs/adr/0006-zones.md).
/// Immutable, so any thread may use it; from ``ZoneDatabase``, or ``utc``. Two are equal when their names and
/// offsets are.
package final class ZoneRules: Hashable, Sendable, CustomStringConvertible {
    /// The name it was asked for by, such as `Europe/Berlin`.
    package let name: String

    /// In order, without gaps; the first begins at `Int.min`, the last ends at `Int.max`.
    let periods: [ZonePeriod]
    /// The instant from which the offsets repeat every 400 years; `nil` when the last period is for ever.
    let cycleStart: Int?

    /// Coordinated Universal Time, which needs no file.
    package static let utc = ZoneRules(
        name: "UTC", periods: [ZonePeriod(start: .min, end: .max, offset: 0, priorMark: .min)], cycleStart: nil)

    /// `periods` go at least two years past the end of the cycle.
    init(name: String, periods: [ZonePeriod], cycleStart: Int?) {
        self.name = name
        self.periods = periods
        self.cycleStart = cycleStart
    }

    package var description: String { name }

    package static func == (left: ZoneRules, right: ZoneRules) -> Bool {
        left === right
            || (left.name == right.name && left.cycleStart == right.cycleStart && left.periods == right.periods)
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(name)
    }
}
