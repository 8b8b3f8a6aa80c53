// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// The ways out for actions: each takes its own, so that none waits for another.
struct Outlets: Sendable {
    let workers: ActionPublisher
    let requests: RequestSender

    /// Whether an action of the run is on its way.
    func isPending(_ run: Run) async -> Bool {
        if await workers.isPending(run) { return true }
        return await requests.isPending(run)
    }

    /// Takes the run action of a run that is to be cancelled back, see ``ActionPublisher/withdraw(_:)``.
    func withdraw(_ run: Run) async -> Bool {
        if await workers.withdraw(run) { return true }
        return await requests.withdraw(run)
    }

    /// Takes actions over; those that are on their way already are left out.
    func enqueue(_ actions: [PendingAction]) async {
        let byHTTP = actions.filter(\.isByHTTP)
        if byHTTP.count < actions.count { await workers.enqueue(actions.filter { !$0.isByHTTP }) }
        if !byHTTP.isEmpty { await requests.enqueue(byHTTP) }
    }
}
