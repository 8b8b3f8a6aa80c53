// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import DequeModule
import Shared

/// Which jobs are to be consumed, and how far each has come on this connection.
///
/// wanted → (declared) to consume → (sent) consuming; a refused or lost one waits until its time and starts over.
struct ConsumerRoster {
    private enum Stage: Equatable {
        /// To be declared from this instant on.
        case waiting(until: ContinuousClock.Instant?)
        case declaring
        /// Declared, and in doubt.
        case trying
        case consuming
    }

    private var stages: [JobName: Stage] = [:]
    private var consumers = ConsumerLedger()
    private var undeclared: Set<JobName> = []
    /// Jobs that are gone: what somebody removes of them is not declared again.
    private var draining: Set<JobName> = []
    /// Jobs whose consumers the broker has refused: tried apart before they are consumed.
    private var doubtful: Set<JobName> = []
    private var untried: Deque<JobName> = []

    /// Whether a job waits for its time.
    var hasTimer: Bool { !undeclared.isEmpty }

    /// Whether the job is to be consumed.
    func wants(_ job: JobName) -> Bool { stages[job] != nil }

    mutating func subscribe(_ jobs: [JobName]) {
        draining.subtract(jobs)
        for job in jobs where stages[job] == nil { restart(job, at: nil) }
    }

    /// Whether it is consumed only for what is left in its queues.
    func isDraining(_ job: JobName) -> Bool { draining.contains(job) }

    mutating func drain(_ jobs: [JobName]) {
        subscribe(jobs)
        draining.formUnion(jobs)
    }

    mutating func unsubscribe(_ jobs: [JobName]) {
        draining.subtract(jobs)
        doubtful.subtract(jobs)
        for job in jobs {
            if stages.removeValue(forKey: job) == .consuming { consumers.end(job) }
            undeclared.remove(job)
        }
    }

    /// The jobs whose declaration is due; they count as being declared from now on.
    mutating func takeUndeclared(at now: ContinuousClock.Instant) -> [JobName] {
        guard !undeclared.isEmpty else { return [] }
        let due = undeclared.filter { job in
            if case .waiting(let until) = stages[job] { until.map { $0 <= now } ?? true } else { false }
        }
        for job in due { stages[job] = .declaring }
        undeclared.subtract(due)
        return due.sorted()
    }

    /// The job's objects are there: consume, if it is still wanted.
    mutating func declared(_ job: JobName) {
        guard stages[job] == .declaring else { return }
        if doubtful.contains(job) {
            stages[job] = .trying
            untried.append(job)
        } else {
            consume(job)
        }
    }

    /// The broker has refused to let the job be consumed: to be tried before the next time.
    mutating func doubt(_ job: JobName) {
        if stages[job] != nil { doubtful.insert(job) }
    }

    func isDoubtful(_ job: JobName) -> Bool { doubtful.contains(job) }

    /// The next job to try, if there is any.
    mutating func takeUntried() -> JobName? {
        while let job = untried.popFirst() {
            if stages[job] == .trying { return job }
        }
        return nil
    }

    /// A trial went well: consume, if it is still wanted.
    mutating func tried(_ job: JobName) {
        guard stages[job] == .trying else { return }
        doubtful.remove(job)
        consume(job)
    }

    private mutating func consume(_ job: JobName) {
        stages[job] = .consuming
        consumers.begin(job)
    }

    /// Leaves the job alone until `time`.
    mutating func postpone(_ job: JobName, until time: ContinuousClock.Instant) {
        if stages[job] != nil { restart(job, at: time) }
    }

    /// A queue of the job is gone: starts over at `time`, unless the job is gone, too.
    mutating func queueLost(_ job: JobName, until time: ContinuousClock.Instant) {
        if draining.contains(job) { unsubscribe([job]) } else { postpone(job, until: time) }
    }

    /// What to write on the consuming channel.
    mutating func takeSendable() -> [OutboundMethod] { consumers.takeSendable() }

    /// A consumer was confirmed.
    mutating func confirmed() { consumers.confirmed() }

    /// A consumer was cancelled.
    mutating func cancelled() { consumers.cancelled() }

    /// Whose queue a delivery came from; known also for consumers that were just cancelled.
    func source(of tag: String) -> ConsumerLedger.Source? { consumers.source(of: tag) }

    /// The broker ended a consumer.
    ///
    /// Gives the job when that is news; the job's other consumer is ended as well.
    mutating func consumerLost(tag: String) -> JobName? {
        guard consumers.isCurrent(tag), let source = consumers.source(of: tag) else { return nil }
        guard !draining.contains(source.job) else {
            unsubscribe([source.job])
            return nil
        }
        consumers.end(source.job)
        return source.job
    }

    /// Jobs whose consumers the broker has not confirmed; the first is at fault when it closes the channel over a consumer.
    var unconfirmedJobs: [JobName] { consumers.unconfirmedJobs }

    /// The consuming channel is gone: every job starts over; those that wait for their time go on waiting.
    mutating func channelClosed() {
        consumers.removeAll()
        for (job, stage) in stages where stage == .consuming { restart(job, at: nil) }
    }

    /// A new connection: everything is to be declared anew; those that wait for their time go on waiting.
    mutating func connected() {
        channelClosed()
        untried = []
        for (job, stage) in stages {
            if case .waiting = stage { continue }
            restart(job, at: nil)
        }
    }

    private mutating func restart(_ job: JobName, at time: ContinuousClock.Instant?) {
        stages[job] = .waiting(until: time)
        undeclared.insert(job)
    }
}
