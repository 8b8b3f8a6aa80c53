// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// What is believed of a zone's file, in seconds.
enum ZoneLimits {
    /// Offsets that RFC 9636 (3.2) calls reasonable: between -25 and 26 hours.
    static let offsets = -89_999...93_599
    /// The calendar repeats after so long (400 years).
    static let cycle = CalendarDate.cycleDays * 86_400
    /// Transitions outside are of no use to anybody: from a little before the year 1 to a little after 9999.
    static let transitions =
        CalendarDate(year: 0, month: 1, day: 1).number * 86_400...CalendarDate(year: 10_001, month: 1, day: 1).number
        * 86_400
    /// The largest file; the largest one of the database has some 4 KB.
    static let fileSize = 128 * 1024
}
