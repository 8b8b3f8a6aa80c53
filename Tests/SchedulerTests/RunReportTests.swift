// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import Testing

@testable import Scheduler

@Suite struct RunReportTests {
    private let now = Sample.start + .seconds(3)
    private let job = Sample.job { $0.heartbeatTimeout = .seconds(5) }

    private func apply(_ content: WorkerMessage.Content, attempt: Int? = nil, to run: inout Run) -> RunReport.Verdict {
        RunReport.apply(
            WorkerMessage(runID: run.id, content: content, attempt: attempt), to: &run, job: job, now: now,
            settings: EngineSettings())
    }

    /// The contract's table of edges, for the statuses that a worker can send.
    private static let allowed: [RunStatus: Set<RunStatus>] = [
        .pending: [.running, .completed, .failed, .cancelled],
        .running: [.completed, .failed, .cancelled],
        .cancelling: [.cancelled, .completed, .failed],
        .cancelled: [], .failed: [], .completed: [],
    ]

    @Test(arguments: RunStatus.allCases, [RunStatus.running, .completed, .failed, .cancelled])
    func `a status moves a run along the allowed edges only`(from: RunStatus, to: RunStatus) {
        var run = Sample.run { $0.status = from }
        let before = run
        let verdict = apply(.status(to), to: &run)
        if Self.allowed[from]?.contains(to) == true {
            #expect(verdict == .applied)
            #expect(run.status == to)
            #expect((run.endTime == now) == to.isFinal)
            #expect((run.deadline == nil) == to.isFinal)
        } else if from == .running, to == .running {
            #expect(verdict == .applied)
            #expect(run.heartbeat == now)
            #expect(run.startTime == before.startTime)
        } else {
            #expect(verdict == .notAllowed)
            #expect(run == before)
        }
    }

    @Test func `a message of another attempt changes nothing`() {
        for attempt in [1, 3] {
            var run = Sample.run { $0.attempt = 2 }
            let before = run
            #expect(apply(.status(.completed), attempt: attempt, to: &run) == .wrongAttempt)
            #expect(run == before)
        }
        var run = Sample.run { $0.attempt = 2 }
        #expect(apply(.status(.completed), attempt: 2, to: &run) == .applied)
    }

    @Test(arguments: RunStatus.allCases) func `a heartbeat counts while a worker may be at it`(status: RunStatus) {
        var run = Sample.run { $0.status = status }
        let verdict = apply(.heartbeat, to: &run)
        let counts = status == .running || status == .cancelling
        #expect(verdict == (counts ? .applied : .notAllowed))
        #expect(run.heartbeat == (counts ? now : nil))
        #expect(run.status == status)
    }

    @Test func `what a worker tells along is kept`() {
        var run = Sample.run { $0.status = .running }
        var message = WorkerMessage(runID: run.id, content: .status(.failed))
        message.error = "no paper"
        message.result = .object(["pages": .int(3)])
        message.progress = 0.4
        _ = RunReport.apply(message, to: &run, job: job, now: now, settings: EngineSettings())
        #expect(run.error == "no paper")
        #expect(run.result == .object(["pages": .int(3)]))
        #expect(run.progress == 0.4)
    }

    @Test func `a run of a job that is not ours is left to its owner to look at`() {
        var run = Sample.run()
        _ = RunReport.apply(
            WorkerMessage(runID: run.id, content: .status(.running)), to: &run, job: nil, now: now,
            settings: EngineSettings())
        #expect(run.deadline == now)
    }
}
