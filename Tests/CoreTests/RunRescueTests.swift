// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import Testing

@testable import Core

@Suite struct RunRescueTests {
    private let start = Sample.start
    private let settings = EngineSettings()

    private let job = Sample.job {
        $0.runStartTimeout = .seconds(10)
        $0.runExecutionTimeout = .seconds(100)
        $0.heartbeatTimeout = .seconds(5)
    }

    private func rescue(_ run: Run, after: Duration, job: Job? = nil) -> Run {
        RunRescue.of(run, job: job ?? self.job, now: start + after, settings: settings)
    }

    private var published: Run { Sample.run { $0.publishedAt = start } }

    private var running: Run {
        Sample.run {
            $0.publishedAt = start
            $0.status = .running
            $0.startTime = start
        }
    }

    private var cancelling: Run {
        Sample.run {
            $0.status = .cancelling
            $0.cancelledAt = start
            $0.publishedAt = start
        }
    }

    @Test func `a published run that nobody starts is cancelled`() {
        let rescued = rescue(published, after: .seconds(10))
        #expect(rescued.status == .cancelling)
        #expect(rescued.unpublishedAction == .cancel)
        #expect(rescued.cancelledAt == start + .seconds(10))
        #expect(rescued.error == "not started within 10000 ms")
        #expect(rescue(published, after: .milliseconds(9_999)).status == .pending)
    }

    @Test func `without time-outs nothing is due, ever`() {
        let free = Sample.job()
        for run in [published, running] {
            let rescued = rescue(run, after: .seconds(1_000_000), job: free)
            #expect(rescued.status == run.status)
            #expect(rescued.deadline == nil)
        }
    }

    @Test func `a run that takes too long is cancelled although its worker is alive`() {
        var run = running
        run.heartbeat = start + .seconds(99)
        #expect(rescue(run, after: .seconds(100)).status == .cancelling)
        #expect(rescue(run, after: .milliseconds(99_999)).status == .running)
    }

    @Test func `a silent run goes back to pending as the next attempt, to be published again`() {
        var run = running
        run.heartbeat = start + .seconds(3)
        run.progress = 0.5
        let rescued = rescue(run, after: .seconds(8))
        #expect(rescued.status == .pending)
        #expect(rescued.attempt == 2)
        #expect(rescued.unpublishedAction == .run)
        #expect(rescued.startTime == nil && rescued.heartbeat == nil && rescued.progress == nil)
    }

    @Test func `a heartbeat moves the deadline without a write of its own`() {
        var run = running
        run.deadline = start + .seconds(5)
        run.heartbeat = start + .seconds(4)
        let rescued = rescue(run, after: .seconds(5))
        #expect(rescued.status == .running)
        #expect(rescued.deadline == start + .seconds(9))
    }

    @Test func `a silent cancelling run ends as cancelled, after 60 s where there is no heartbeat time-out`() {
        #expect(rescue(cancelling, after: .seconds(5)).status == .cancelled)
        #expect(rescue(cancelling, after: .seconds(5)).endTime == start + .seconds(5))
        #expect(rescue(cancelling, after: .milliseconds(4_999)).status == .cancelling)
        let free = Sample.job()
        #expect(rescue(cancelling, after: .milliseconds(59_999), job: free).status == .cancelling)
        #expect(rescue(cancelling, after: .seconds(60), job: free).status == .cancelled)
    }

    @Test func `a heartbeat keeps a cancelling run waiting`() {
        var run = cancelling
        run.heartbeat = start + .seconds(4)
        #expect(rescue(run, after: .seconds(8)).status == .cancelling)
        #expect(rescue(run, after: .seconds(9)).status == .cancelled)
    }

    @Test func `an unpublished run is due to be published again, or queues where runs are serial`() {
        let run = Sample.run()
        let again = rescue(run, after: .seconds(40))
        #expect(again.unpublishedAction == .run)
        #expect(again.deadline == start + .seconds(70))
        let serial = Sample.job { $0.allowsConcurrentRuns = false }
        #expect(rescue(run, after: .seconds(40), job: serial).isWaiting)
    }

    @Test func `every state that is not final and has a limit has a deadline`() {
        for run in [Sample.run(), published, running, cancelling] {
            #expect(rescue(run, after: .zero).deadline != nil, "\(run.status)")
        }
        for status in RunStatus.allCases where status.isFinal {
            let run = Sample.run { $0.status = status }
            #expect(rescue(run, after: .seconds(1_000)) == run)
        }
    }

    @Test func `silence counts only from when we began to listen`() {
        func rescue(_ run: Run, after: Duration, receivingSince: Duration) -> Run {
            RunRescue.of(
                run, job: job, now: start + after, receivingSince: start + receivingSince, settings: settings)
        }
        #expect(rescue(running, after: .seconds(60), receivingSince: .seconds(56)).status == .running)
        #expect(rescue(running, after: .seconds(60), receivingSince: .seconds(56)).deadline == start + .seconds(61))
        #expect(rescue(running, after: .seconds(61), receivingSince: .seconds(56)).status == .pending)
        #expect(rescue(cancelling, after: .seconds(60), receivingSince: .seconds(56)).status == .cancelling)
        // What may have been said meanwhile gets a moment to come in.
        #expect(rescue(published, after: .seconds(60), receivingSince: .seconds(59)).status == .pending)
        #expect(rescue(published, after: .seconds(61), receivingSince: .seconds(59)).status == .cancelling)
        #expect(rescue(running, after: .seconds(101), receivingSince: .seconds(100)).status == .running)
    }

    @Test func `what may have been said and is not known yet lets no time-out pass`() {
        func rescue(_ run: Run, ingestedUntil: Duration) -> Run {
            RunRescue.of(
                run, job: job, now: start + .seconds(1_000), ingestedUntil: start + ingestedUntil, settings: settings)
        }
        for run in [published, running, cancelling] {
            #expect(rescue(run, ingestedUntil: .zero).status == run.status)
            #expect(rescue(run, ingestedUntil: .seconds(1_000)).status != run.status)
        }
    }

    @Test func `runs of a deleted job are cancelled, those nobody has begun at once`() {
        func retire(_ run: Run) -> Run {
            RunRescue.ofDeletedJob(run, job: job, now: start + .seconds(1), settings: settings)
        }
        #expect(retire(running).unpublishedAction == .cancel)
        #expect(retire(published).unpublishedAction == .cancel)
        // Whoever made it may have published it and died.
        #expect(retire(Sample.run()).unpublishedAction == .cancel)
        #expect(retire(Sample.run { $0.isWaiting = true }).status == .cancelled)
        #expect(retire(Sample.run { $0.retryAt = start }).status == .cancelled)
        #expect(retire(Sample.run { $0.trigger = .manual }).status == .cancelled)
        for run in [Sample.run { $0.isWaiting = true }, Sample.run { $0.retryAt = start }].map(retire) {
            #expect(run.endTime == start + .seconds(1))
            #expect(run.attempts.isEmpty)
            #expect(run.deadline == nil && run.retryAt == nil && !run.isWaiting)
        }
        #expect(retire(cancelling).status == .cancelling)
    }

    @Test func `a run that backs off comes back when its time has come, and queues where the job is serial`() {
        let backingOff = Sample.run {
            $0.attempt = 2
            $0.retryAt = start + .seconds(3)
            $0.deadline = start + .seconds(3)
        }
        #expect(rescue(backingOff, after: .milliseconds(2_999)) == backingOff)
        let queued = rescue(backingOff, after: .seconds(3), job: Sample.job { $0.allowsConcurrentRuns = false })
        #expect(queued.isWaiting && queued.unpublishedAction == nil && queued.deadline == nil)
        // Until its turn no worker can know of it.
        #expect(queued.retryAt != nil)
        let concurrent = Sample.job { $0.allowsConcurrentRuns = true }
        let free = rescue(backingOff, after: .seconds(3), job: concurrent)
        #expect(free.unpublishedAction == .run && free.retryAt == nil)
        #expect(free.deadline == start + .seconds(3) + settings.publishTimeout)
    }

    @Test func `an attempt that was lost, or given up, leaves a row`() {
        let lost = rescue(running, after: .seconds(5))
        #expect(
            lost.attempts == [
                RunAttempt(
                    attempt: 1, startTime: start, endTime: start + .seconds(5), status: .lost,
                    error: "silent for longer than 5000 ms")
            ])
        let silent = rescue(cancelling, after: .seconds(5))
        #expect(silent.status == .cancelled)
        #expect(silent.attempts.map(\.status) == [.cancelled])
    }

    @Test func `a run whose action never left is cancelled at once`() {
        var run = cancelling
        run.publishedAt = nil
        run.deadline = start
        let ended = RunRescue.ofUnsent(run, now: start + .seconds(1))
        #expect(ended.status == .cancelled && ended.endTime == start + .seconds(1))
        #expect(ended.deadline == nil && ended.attempts.isEmpty)
    }

    @Test func `only what surely nobody has published counts as unseen`() {
        #expect(Sample.run { $0.trigger = .manual }.isUnseen)
        #expect(Sample.run { $0.isWaiting = true }.isUnseen)
        #expect(Sample.run { $0.retryAt = start }.isUnseen)
        #expect(!Sample.run().isUnseen)
        let touched: [(inout Run) -> Void] = [
            { $0.revision = 1 }, { $0.publishedAt = start }, { $0.status = .running },
        ]
        for change in touched {
            #expect(
                !Sample.run {
                    $0.trigger = .manual
                    change(&$0)
                }.isUnseen)
        }
    }

    @Test func `a run document of the Go program gets what it lacks`() {
        var run = running
        run.publishedAt = nil
        run.deadline = nil
        #expect(rescue(run, after: .seconds(1)).deadline == start + .seconds(5))
        run.status = .cancelling
        let rescued = rescue(run, after: .seconds(1))
        #expect(rescued.cancelledAt == start + .seconds(1))
        #expect(rescued.unpublishedAction == .cancel)
    }
}
