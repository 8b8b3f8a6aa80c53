// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared

extension MemoryBroker {
    /// Takes the broker down: every connection is lost, unacknowledged messages wait in their queues.
    package func takeDown() {
        change { state in
            guard state.isUp else { return }
            state.isUp = false
            for index in state.processes.indices where !state.processes[index].isClosed { state.disconnect(index) }
            state.releaseConfirms()
        }
    }

    /// Brings it up again with all its queues.
    package func bringUp() {
        change { state in
            guard !state.isUp else { return }
            state.isUp = true
            for index in state.processes.indices where state.isConnected(index) { state.connect(index) }
        }
    }

    /// Loses the connection at the `number`-th publish from now on, counted over all processes from 1.
    ///
    /// That message arrives if `arrives`, the rest of its batch does not; all of these are unconfirmed.
    package func loseConnection(atPublish number: Int, arrives: Bool) {
        change { $0.lostConfirms[$0.publishes + number] = arrives }
    }

    /// What to say of messages to an exchange of others from now on, instead of taking them; `nil` = takes them.
    package func answer(_ outcome: PublishOutcome?, toMessagesTo exchange: String) {
        change { $0.exchanges[exchange] = outcome }
    }

    /// Keeps every caller of publish waiting for its confirms, which have been decided already.
    package func holdConfirms() {
        change { $0.isHoldingConfirms = true }
    }

    /// Ends ``holdConfirms()``.
    package func releaseConfirms() {
        change { state in
            state.isHoldingConfirms = false
            state.releaseConfirms()
        }
    }

    /// Keeps messages from workers in their queues.
    package func holdDeliveries() {
        change { $0.isHoldingDeliveries = true }
    }

    /// Ends ``holdDeliveries()``, delivering what had waited in the order that `reorder` makes of it.
    package func releaseDeliveries(reorder: @Sendable (inout [Int]) -> Void = { _ in }) {
        change { state in
            state.isHoldingDeliveries = false
            var order = Array(state.messages.indices)
            reorder(&order)
            state.messages = order.map { state.messages[$0] }
        }
    }

    /// Delivers every message again that was delivered and not acknowledged: all consumers lose their channel.
    package func redeliver() {
        change { state in
            for index in state.processes.indices where state.isConnected(index) {
                state.disconnect(index)
                state.processes[index].nextTag = 0
            }
        }
    }

    /// Makes a job's objects unusable, until ``accept(_:)``.
    package func refuse(_ job: JobName, reason: String) {
        change { $0.refusals[.job(job)] = reason }
    }

    /// Ends ``refuse(_:reason:)``.
    package func accept(_ job: JobName) {
        change { _ = $0.refusals.removeValue(forKey: .job(job)) }
    }

    /// Unbinds a job's action queue: its next message is unroutable, and those after it arrive again.
    package func unbind(_ job: JobName) {
        change { _ = $0.unroutable.insert(.job(job)) }
    }
}

extension MemoryBusState {
    mutating func releaseConfirms() {
        for held in heldConfirms { effects.append { held.1.resume() } }
        heldConfirms = []
    }
}
