// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// What a ``MemoryBroker`` knows; a value, so that one lock around it is all the care it needs.
struct MemoryBusState {
    struct Message {
        let number: UInt64
        let workers: WorkerAddress
        let kind: Delivery.Kind
        let body: [UInt8]
        let contentType: String?
        let source: String
    }

    struct Process {
        var isRunning = false
        var isClosed = false
        /// Whether it takes nothing from workers.
        var isPaused = false
        var session: UInt64 = 0
        var connects = 0
        var nextTag: UInt64 = 0
        var subscriptions: Set<WorkerAddress> = []
        /// Those of them that are not declared again when somebody removes them.
        var draining: Set<WorkerAddress> = []
        /// Those of them that somebody removed: declared again as soon as the process looks after its bus.
        var toDeclareAgain: Set<WorkerAddress> = []
        /// Delivered and not acknowledged, by tag; `inbox` names those that nobody has taken yet.
        var unacknowledged: [(tag: UInt64, message: Message)] = []
        var inbox: [(tag: UInt64, delivery: Delivery)] = []
        var hints: [ControlHint?] = []
        var runEnd: CheckedContinuation<Void, Never>?
        var ready: [UInt64: CheckedContinuation<Result<Void, BusError>, Never>] = [:]
        var deliveries: (id: UInt64, limit: Int, CheckedContinuation<Result<MemoryBus.Taken, BusError>, Never>)?
        var hint: (id: UInt64, CheckedContinuation<Result<ControlHint?, BusError>, Never>)?
    }

    var isUp = true
    var isHoldingConfirms = false
    var isHoldingDeliveries = false
    /// Ready messages of all queues, in the order of arrival.
    var messages: [Message] = []
    var lastMessage: UInt64 = 0
    var lastWaiter: UInt64 = 0
    var processes: [Process] = []
    var actions: [MemoryBroker.Action] = []
    /// Messages that reached exchanges of others.
    var sent: [OutgoingMessage] = []
    /// What the broker says of messages to these exchanges, instead of taking them.
    var exchanges: [String: PublishOutcome] = [:]
    var deadLetters: [DeadLetter] = []
    var publishes = 0
    /// Faults by the number of the publish that they hit; the value says whether the message arrives all the same.
    var lostConfirms: [Int: Bool] = [:]
    /// Those whose objects are there.
    var objects: Set<WorkerAddress> = []
    var refusals: [WorkerAddress: String] = [:]
    var unroutable: Set<WorkerAddress> = []
    var cancelledWaiters: Set<UInt64> = []
    var heldConfirms: [(process: Int, CheckedContinuation<Void, Never>)] = []
    /// What is to be done after the lock is released.
    var effects: [@Sendable () -> Void] = []

    func isConnected(_ index: Int) -> Bool {
        isUp && processes[index].isRunning && !processes[index].isClosed
    }

    /// A process has its connections (again): what it had unacknowledged comes again, and hints may have been lost.
    mutating func connect(_ index: Int) {
        processes[index].session += 1
        processes[index].connects += 1
        processes[index].nextTag = 0
        processes[index].hints.append(nil)
    }

    /// A process lost its connections: its unacknowledged messages go back to where they were.
    mutating func disconnect(_ index: Int) {
        messages += processes[index].unacknowledged.map(\.message)
        messages.sort { $0.number < $1.number }
        processes[index].unacknowledged = []
        processes[index].inbox = []
        processes[index].session += 1
    }

    mutating func enqueue(
        _ workers: WorkerAddress, _ kind: Delivery.Kind, _ body: [UInt8], _ type: String?, _ source: String
    ) {
        lastMessage += 1
        messages.append(
            Message(number: lastMessage, workers: workers, kind: kind, body: body, contentType: type, source: source))
    }

    /// Removes a job's objects; whoever still consumes them for good declares them again.
    mutating func release(_ name: JobName, by process: Int) -> ReleaseOutcome {
        let job = WorkerAddress.job(name)
        guard isConnected(process) else { return .unavailable }
        if let reason = refusals[job] { return .refused(reason) }
        guard !messages.contains(where: { $0.workers == job }) else { return .reportsWaiting }
        objects.remove(job)
        for index in processes.indices where processes[index].subscriptions.contains(job) {
            if processes[index].draining.remove(job) != nil {
                processes[index].subscriptions.remove(job)
            } else {
                processes[index].toDeclareAgain.insert(job)
            }
        }
        return .released
    }

    /// Ends a process's bus, orderly or not.
    mutating func end(_ index: Int) {
        guard !processes[index].isClosed else { return }
        processes[index].isClosed = true
        disconnect(index)
        processes[index].subscriptions = []
        let closed = BusError(.closed, "the bus is closed")
        let process = processes[index]
        effects.append { process.runEnd?.resume() }
        for waiter in process.ready.values { effects.append { waiter.resume(returning: .failure(closed)) } }
        if let waiter = process.deliveries?.2 { effects.append { waiter.resume(returning: .failure(closed)) } }
        if let waiter = process.hint?.1 { effects.append { waiter.resume(returning: .failure(closed)) } }
        processes[index].runEnd = nil
        processes[index].ready = [:]
        processes[index].deliveries = nil
        processes[index].hint = nil
        for held in heldConfirms where held.process == index { effects.append { held.1.resume() } }
        heldConfirms.removeAll { $0.process == index }
    }
}
