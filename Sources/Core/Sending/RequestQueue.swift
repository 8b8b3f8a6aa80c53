// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import DequeModule
import Shared

/// Requests that wait for their turn, and how many are in flight: in all, by host, and by job where it has a bound of its own.
///
/// Hosts take turns, so a slow one holds up nobody else.
struct RequestQueue {
    private let perHost: Int
    /// The bound of the action's job, by the job as it is now; 0 = none.
    private let mostOfJob: @Sendable (PendingAction) -> Int
    private var queues: [String: Deque<PendingAction>] = [:]
    /// Hosts that have a request waiting and room for it, each once.
    private var turns: Deque<String> = []
    private var inFlight: [String: Int] = [:]
    /// Their turn has come, but as many of their job were in flight as may be.
    private var held: [JobName: Deque<PendingAction>] = [:]
    private var jobsInFlight: [JobName: Int] = [:]
    /// How many are in flight.
    private(set) var countInFlight = 0

    /// An empty one.
    init(perHost: Int, mostOfJob: @escaping @Sendable (PendingAction) -> Int) {
        self.perHost = perHost
        self.mostOfJob = mostOfJob
    }

    /// Puts it at the end of its host's.
    mutating func append(_ action: PendingAction) {
        let host = action.host
        queues[host, default: []].append(action)
        if queues[host]?.count == 1 { offerTurn(host) }
    }

    /// The next one, for which the place is taken until ``ended(_:)``; `nil` = none may be begun.
    mutating func next() -> PendingAction? {
        while let host = turns.popFirst() {
            guard let action = nextWithRoom(of: host) else { continue }
            inFlight[host, default: 0] += 1
            jobsInFlight[action.message.jobName, default: 0] += 1
            countInFlight += 1
            offerTurn(host)
            return action
        }
        return nil
    }

    /// Gives the place of one that was begun back.
    mutating func ended(_ action: PendingAction) {
        let (host, job) = (action.host, action.message.jobName)
        let wasFull = inFlight[host] == perHost
        inFlight[host] = inFlight[host].flatMap { $0 > 1 ? $0 - 1 : nil }
        jobsInFlight[job] = jobsInFlight[job].flatMap { $0 > 1 ? $0 - 1 : nil }
        countInFlight -= 1
        if wasFull { offerTurn(host) }
        release(job)
    }

    /// Takes out what waits, and gives it.
    mutating func removeWaiting() -> [PendingAction] {
        defer { (queues, held) = ([:], [:]) }
        return Array(queues.values.joined()) + Array(held.values.joined())
    }

    /// The host's next request whose job has room for it; those before it wait until one of their job has ended.
    private mutating func nextWithRoom(of host: String) -> PendingAction? {
        while let action = queues[host]?.popFirst() {
            if queues[host]?.isEmpty == true { queues[host] = nil }
            guard room(of: action) == 0 else { return action }
            held[action.message.jobName, default: []].append(action)
        }
        return nil
    }

    /// How many more requests of the action's job may be in flight.
    private func room(of action: PendingAction) -> Int {
        let most = mostOfJob(action)
        return most > 0 ? max(0, most - jobsInFlight[action.message.jobName, default: 0]) : .max
    }

    /// Puts what was held, as far as there is room now, back in front of what came later.
    private mutating func release(_ job: JobName) {
        guard let waiting = held.removeValue(forKey: job), let first = waiting.first else { return }
        let count = min(room(of: first), waiting.count)
        for action in waiting.prefix(count).reversed() {
            queues[action.host, default: []].prepend(action)
            if queues[action.host]?.count == 1 { offerTurn(action.host) }
        }
        if count < waiting.count { held[job] = Deque(waiting.dropFirst(count)) }
    }

    private mutating func offerTurn(_ host: String) {
        guard queues[host]?.isEmpty == false, inFlight[host, default: 0] < perHost else { return }
        turns.append(host)
    }
}

extension PendingAction {
    /// Host and port of its request; empty where there is nobody to send it to.
    fileprivate var host: String { request?.delivery.authority ?? "" }
}
