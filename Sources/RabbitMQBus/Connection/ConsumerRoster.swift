// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import DequeModule
import Shared

/// Whose queues are to be consumed, and how far each has come on this connection.
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

    private var stages: [WorkerAddress: Stage] = [:]
    private var consumers = ConsumerLedger()
    private var undeclared: Set<WorkerAddress> = []
    /// Those that are gone: what somebody removes of them is not declared again.
    private var draining: Set<WorkerAddress> = []
    /// Those whose consumers the broker has refused: tried apart before they are consumed.
    private var doubtful: Set<WorkerAddress> = []
    private var untried: Deque<WorkerAddress> = []

    /// Whether any waits for its time.
    var hasTimer: Bool { !undeclared.isEmpty }

    /// Whether its queues are to be consumed.
    func wants(_ workers: WorkerAddress) -> Bool { stages[workers] != nil }

    mutating func subscribe(_ all: [WorkerAddress]) {
        draining.subtract(all)
        for workers in all where stages[workers] == nil { restart(workers, at: nil) }
    }

    /// Whether it is consumed only for what is left in its queues.
    func isDraining(_ workers: WorkerAddress) -> Bool { draining.contains(workers) }

    mutating func drain(_ all: [WorkerAddress]) {
        subscribe(all)
        draining.formUnion(all)
    }

    mutating func unsubscribe(_ all: [WorkerAddress]) {
        draining.subtract(all)
        doubtful.subtract(all)
        for workers in all {
            if stages.removeValue(forKey: workers) == .consuming { consumers.end(workers) }
            undeclared.remove(workers)
        }
    }

    /// Those whose declaration is due; they count as being declared from now on.
    mutating func takeUndeclared(at now: ContinuousClock.Instant) -> [WorkerAddress] {
        guard !undeclared.isEmpty else { return [] }
        let due = undeclared.filter { workers in
            if case .waiting(let until) = stages[workers] { until.map { $0 <= now } ?? true } else { false }
        }
        for workers in due { stages[workers] = .declaring }
        undeclared.subtract(due)
        return due.sorted()
    }

    /// The objects are there: consume, if that is still wanted.
    mutating func declared(_ workers: WorkerAddress) {
        guard stages[workers] == .declaring else { return }
        if doubtful.contains(workers) {
            stages[workers] = .trying
            untried.append(workers)
        } else {
            consume(workers)
        }
    }

    /// The broker has refused to let the queues be consumed: to be tried before the next time.
    mutating func doubt(_ workers: WorkerAddress) {
        if stages[workers] != nil { doubtful.insert(workers) }
    }

    func isDoubtful(_ workers: WorkerAddress) -> Bool { doubtful.contains(workers) }

    /// The next to try, if there is any.
    mutating func takeUntried() -> WorkerAddress? {
        while let workers = untried.popFirst() {
            if stages[workers] == .trying { return workers }
        }
        return nil
    }

    /// A trial went well: consume, if it is still wanted.
    mutating func tried(_ workers: WorkerAddress) {
        guard stages[workers] == .trying else { return }
        doubtful.remove(workers)
        consume(workers)
    }

    private mutating func consume(_ workers: WorkerAddress) {
        stages[workers] = .consuming
        consumers.begin(workers)
    }

    /// Leaves it alone until `time`.
    mutating func postpone(_ workers: WorkerAddress, until time: ContinuousClock.Instant) {
        if stages[workers] != nil { restart(workers, at: time) }
    }

    /// A queue is gone: starts over at `time`, unless its job is gone, too.
    mutating func queueLost(_ workers: WorkerAddress, until time: ContinuousClock.Instant) {
        if draining.contains(workers) { unsubscribe([workers]) } else { postpone(workers, until: time) }
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
    /// Gives whose it was when that is news; the other consumer is ended as well.
    mutating func consumerLost(tag: String) -> WorkerAddress? {
        guard consumers.isCurrent(tag), let source = consumers.source(of: tag) else { return nil }
        guard !draining.contains(source.workers) else {
            unsubscribe([source.workers])
            return nil
        }
        consumers.end(source.workers)
        return source.workers
    }

    /// Those whose consumers the broker has not confirmed; the first is at fault when it closes the channel over a consumer.
    var unconfirmedWorkers: [WorkerAddress] { consumers.unconfirmedWorkers }

    /// The consuming channel is gone: everything starts over; those that wait for their time go on waiting.
    mutating func channelClosed() {
        consumers.removeAll()
        for (workers, stage) in stages where stage == .consuming { restart(workers, at: nil) }
    }

    /// A new connection: everything is to be declared anew; those that wait for their time go on waiting.
    mutating func connected() {
        channelClosed()
        untried = []
        for (workers, stage) in stages {
            if case .waiting = stage { continue }
            restart(workers, at: nil)
        }
    }

    private mutating func restart(_ workers: WorkerAddress, at time: ContinuousClock.Instant?) {
        stages[workers] = .waiting(until: time)
        undeclared.insert(workers)
    }
}
