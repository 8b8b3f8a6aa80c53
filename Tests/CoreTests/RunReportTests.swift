// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import Testing

@testable import Core

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
            #expect((run.heartbeat == now) == (to == .running))
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

    @Test func `a mangled attempt moves the first attempt only, and leaves a note`() throws {
        let start = Sample.start
        func message(_ content: WorkerMessage.Content) -> WorkerMessage {
            var message = WorkerMessage(runID: Sample.run().id, content: content, attempt: 1)
            message.notes = [MessageNote("attempt", .sense, "cannot be understood, taken for 1")]
            return message
        }
        func apply(_ message: WorkerMessage, to run: inout Run) -> RunReport.Verdict {
            RunReport.apply(message, to: &run, job: job, now: now, settings: EngineSettings())
        }
        var first = Sample.run { $0.publishedAt = start }
        #expect(apply(message(.status(.completed)), to: &first) == .applied)
        #expect(first.status == .completed && first.notes == ["attempt: cannot be understood, taken for 1"])
        var second = Sample.run {
            $0.attempt = 2
            $0.status = .running
        }
        let before = second
        for content in [WorkerMessage.Content.status(.completed), .status(.completed), .heartbeat] {
            #expect(apply(message(content), to: &second) == .wrongAttempt)
        }
        #expect(
            second.notes == [
                "attempt: cannot be understood, taken for 1, so completed did not count for 2",
                "attempt: cannot be understood, taken for 1, so a heartbeat did not count for 2",
            ])
        var same = before
        same.note(second.notes)
        #expect(second == same, "nothing else has changed")
        for untouched in [
            Sample.run { $0.attempt = 2 },
            Sample.run {
                $0.attempt = 2
                $0.status = .failed
            },
        ] {
            var run = untouched
            #expect(apply(message(.status(.completed)), to: &run) == .wrongAttempt)
            #expect(run == untouched, "no worker can have it")
        }
    }

    @Test func `notes are kept once, a few, over all attempts`() {
        var run = Sample.run { $0.publishedAt = Sample.start }
        var message = WorkerMessage(runID: run.id, content: .status(.failed))
        message.notes = [MessageNote("error", .characters), MessageNote("error", .characters)]
        _ = RunReport.apply(message, to: &run, job: patient, now: now, settings: EngineSettings())
        #expect(run.attempt == 2 && run.notes == [MessageNote("error", .characters).description])
        run.note((1...50).map { "\($0)" })
        #expect(run.notes.count == Run.keptNotes)
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

    private let patient = Sample.job {
        $0.maxAttempts = 3
        $0.retryBackoff = RetryBackoff(initial: .seconds(10), factor: 2, maximum: .seconds(15))
    }

    private func fail(_ run: inout Run, attempt: Int? = nil, error: String? = nil) -> RunReport.Verdict {
        var message = WorkerMessage(runID: run.id, content: .status(.failed), attempt: attempt)
        message.error = error
        return RunReport.apply(message, to: &run, job: patient, now: now, settings: EngineSettings()) { 1 }
    }

    @Test func `a failed run with attempts left backs off, with what went wrong in its history`() {
        var run = Sample.run {
            $0.status = .running
            $0.startTime = Sample.start
            $0.publishedAt = Sample.start
            $0.progress = 0.5
            $0.result = .int(1)
        }
        #expect(fail(&run, error: "no luck") == .applied)
        #expect(run.status == .pending && run.attempt == 2)
        // A fifth less than ten seconds, by the jitter.
        #expect(run.retryAt == now + .seconds(8) && run.deadline == now + .seconds(8))
        #expect(run.isBackingOff && !run.isActive && run.unpublishedAction == nil)
        #expect(
            run.attempts == [
                RunAttempt(attempt: 1, startTime: Sample.start, endTime: now, status: .failed, error: "no luck")
            ])
        #expect(run.publishedAt == nil && run.startTime == nil && run.endTime == nil && run.heartbeat == nil)
        #expect(run.error == nil && run.progress == nil && run.result == nil)
        // Whatever comes now, with an attempt or without, is of the attempt before.
        for status in [RunStatus.failed, .running, .completed] {
            for attempt in [nil, 1, 2] {
                let before = run
                #expect(apply(.status(status), attempt: attempt, to: &run) == .wrongAttempt)
                #expect(run == before)
            }
        }
    }

    @Test func `the last attempt that fails is the end`() {
        var run = Sample.run { $0.publishedAt = Sample.start }
        for attempt in 1...3 {
            #expect(run.attempt == attempt)
            run.retryAt = nil
            #expect(fail(&run, error: "try \(attempt)") == .applied)
        }
        #expect(run.status == .failed && run.endTime == now && run.error == "try 3" && run.deadline == nil)
        #expect(run.attempts.map(\.attempt) == [1, 2, 3])
        #expect(run.attempts.map(\.error) == ["try 1", "try 2", "try 3"])
    }

    @Test func `a run that is told to stop is not tried again, nor one whose job is unknown`() {
        var cancelling = Sample.run { $0.status = .cancelling }
        #expect(fail(&cancelling) == .applied)
        #expect(cancelling.status == .failed)
        var orphan = Sample.run { $0.status = .running }
        _ = RunReport.apply(
            WorkerMessage(runID: orphan.id, content: .status(.failed)), to: &orphan, job: nil, now: now,
            settings: EngineSettings())
        #expect(orphan.status == .failed)
    }

    @Test func `the history keeps the latest twenty, with short errors`() {
        var run = Sample.run { $0.status = .running }
        for number in 1...30 {
            run.attempt = number
            run.noteEnd(.lost, at: now, error: String(repeating: "x", count: 5_000))
        }
        #expect(run.attempts.map(\.attempt) == Array(11...30))
        #expect(run.attempts.allSatisfy { $0.error?.count == RunAttempt.longestError })
    }
}
