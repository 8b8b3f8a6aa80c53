// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

extension FuzzTarget {
    private static let starts: [Timestamp] = [
        .earliest, Timestamp(millisecondsSinceEpoch: 1_803_780_000_000), .latest - .seconds(40_000_000), .latest,
    ]

    /// A cron expression, then a line with a zone: what it matches lies where it has to, whichever way one asks.
    static func runCron(_ bytes: [UInt8]) {
        let (line, rest) = firstLine(bytes)
        let zone = try? ZoneDatabase.system.rules(named: String(decoding: firstLine(rest).line, as: UTF8.self))
        guard let name = try? JobName("fuzz"),
            let expression = try? CronExpression(String(decoding: line, as: UTF8.self), job: name)
        else { return }
        let schedule = CronSchedule(expression: expression, zone: zone ?? .utc)
        for start in starts {
            guard let next = schedule.next(after: start) else { continue }
            precondition(next > start, "a slot that is not after its start")
            precondition(schedule.last(notAfter: next) == next, "the last slot up to a slot is another one")
            precondition(schedule.count(after: start, through: next) == 1, "a slot that is not the next one")
        }
    }
}
