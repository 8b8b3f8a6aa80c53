// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

@testable import Core

/// Values that the tests of this target share.
enum Sample {
    static let start = Timestamp(millisecondsSinceEpoch: 1_800_000_000_000)

    static func name(_ text: String = "job") -> JobName {
        guard let name = try? JobName(text) else { preconditionFailure("not a job name: \(text)") }
        return name
    }

    static func job(
        _ text: String = "job", every interval: Duration? = .seconds(1), nextRunAt: Timestamp? = start,
        _ edit: (inout Job) -> Void = { _ in }
    ) -> Job {
        var job = Job(
            name: name(text), schedule: interval.map(Schedule.every) ?? .once, nextRunAt: nextRunAt,
            allowsConcurrentRuns: true)
        edit(&job)
        return job
    }

    static func run(_ number: UInt32 = 1, _ edit: (inout Run) -> Void = { _ in }) -> Run {
        var run = Run(
            id: RunID(Identifier(high: 1, low: number)), jobName: name(), createdTime: start, scheduledTime: start)
        edit(&run)
        return run
    }
}
