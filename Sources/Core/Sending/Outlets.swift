// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// The ways out for actions: each takes its own, so that none waits for another.
struct Outlets: Sendable {
    let workers: ActionPublisher
    let requests: RequestSender
    let messages: MessageSender

    /// Whether more may be decided that goes over the broker; false while it takes nothing and too much is in memory.
    var hasRoom: Bool {
        get async {
            guard await workers.hasRoom else { return false }
            return await messages.hasRoom
        }
    }

    /// Whether an action of the run is on its way.
    func isPending(_ run: Run) async -> Bool {
        if await workers.isPending(run) { return true }
        if await messages.isPending(run) { return true }
        return await requests.isPending(run)
    }

    /// Takes the run action of a run that is to be cancelled back, see ``ActionPublisher/withdraw(_:)``.
    func withdraw(_ run: Run) async -> Bool {
        if await workers.withdraw(run) { return true }
        if await messages.withdraw(run) { return true }
        return await requests.withdraw(run)
    }

    /// Takes actions over; those that are on their way already are left out.
    func enqueue(_ actions: [PendingAction]) async {
        let parts = Dictionary(grouping: actions, by: \.outlet)
        if let part = parts[.workers] { await workers.enqueue(part) }
        if let part = parts[.messages] { await messages.enqueue(part) }
        if let part = parts[.requests] { await requests.enqueue(part) }
    }
}
