// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// A stretch of time in which a zone has one offset; instants and local times are counted in seconds.
struct ZonePeriod: Hashable, Sendable {
    /// The first instant; `Int.min` when nothing was before.
    var start: Int
    /// The first instant of the next period; `Int.max` when none follows.
    var end: Int
    /// Local time less UTC.
    var offset: Int
    /// The latest local time that the clock has shown before `start`; `Int.min` when nothing was before.
    var priorMark: Int

    /// The latest local time that the clock has shown up to an instant of this period.
    ///
    /// It is behind the clock's present reading except after the clock was set back.
    func mark(at instant: Int) -> Int {
        max(instant + offset, priorMark)
    }

    /// The same period some cycles of the calendar later.
    func moved(by shift: Int) -> ZonePeriod {
        guard shift != 0 else { return self }
        return ZonePeriod(
            start: start == .min ? start : start + shift, end: end == .max ? end : end + shift, offset: offset,
            priorMark: priorMark == .min ? priorMark : priorMark + shift)
    }
}
