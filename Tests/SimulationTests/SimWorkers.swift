// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Foundation
import Shared
import Synchronization
import TestSupport

/// Workers as they are: quick, slow, silent, repetitive or dead; they answer through the broker.
final class SimWorkers: Sendable {
    private let world: SimWorld
    private let broker: MemoryBroker
    private let quietAfter: Duration
    private let seen = Mutex(0)
    private let ended = Mutex<[RunID: Int]>([:])
    let onAction: @Sendable (ActionMessage) -> Void

    init(
        world: SimWorld, broker: MemoryBroker, quietAfter: Duration,
        onAction: @escaping @Sendable (ActionMessage) -> Void
    ) {
        self.world = world
        self.broker = broker
        self.quietAfter = quietAfter
        self.onAction = onAction
    }

    /// Runs that a worker said were at their end, with the latest attempt it said it of.
    var endedRuns: [RunID: Int] { ended.withLock { $0 } }

    /// Takes in the actions that have arrived since the last look; to be called after each publish.
    func look() {
        let actions = broker.actions
        let first = seen.withLock { seen in
            defer { seen = actions.count }
            return seen
        }
        for action in actions[first...] {
            onAction(action.message)
            answer(action.message)
        }
    }

    private var isQuiet: Bool { world.now >= quietAfter }

    private func answer(_ message: ActionMessage) {
        let delay = world.random(.milliseconds(1)...(.milliseconds(40)))
        switch message.action {
        case .cancel:
            guard isQuiet || world.chance(0.8) else { return }
            send(message, "cancelled", after: delay)
        case .run:
            let kind = isQuiet ? 0.5 : world.random { Double.random(in: 0..<1, using: &$0) }
            if kind < 0.04 { return }
            send(message, "running", after: delay)
            if kind < 0.08 { return }
            let work = world.random(.milliseconds(5)...(.milliseconds(1_500)))
            var beat = delay + .milliseconds(300)
            while beat < delay + work {
                send(message, nil, after: beat)
                beat += .milliseconds(300)
            }
            send(message, kind < 0.15 ? "failed" : "completed", after: delay + work)
            if kind < 0.2 { send(message, "running", after: delay + work + .milliseconds(20)) }
            if kind < 0.25 { send(message, "completed", after: delay + work + .milliseconds(900)) }
        }
    }

    private func send(_ message: ActionMessage, _ status: String?, after delay: Duration) {
        let tellsAttempt = world.chance(0.7)
        world.after(delay) { [self] in
            var body: [String: Any] = ["jobName": message.jobName.text, "runId": message.runID.description]
            if let status { body["status"] = status }
            if tellsAttempt { body["attempt"] = message.attempt }
            guard let data = try? JSONSerialization.data(withJSONObject: body) else { return }
            if status == "completed" || status == "failed" || status == "cancelled" {
                ended.withLock { $0[message.runID] = max($0[message.runID] ?? 0, message.attempt) }
            }
            broker.workerSend(message.workers, status == nil ? .heartbeat : .status, Array(data))
        }
    }
}
