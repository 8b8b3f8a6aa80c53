// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared
import Synchronization

/// The broker of one simulation: queues that outlive the processes, and hooks for every fault a broker can cause.
///
/// Knows neither time nor threads nor chance: whoever drives the simulation decides when what happens. Each process
/// talks to it through a ``MemoryBus`` of its own.
package final class MemoryBroker: Sendable {
    /// An action that reached its job's queue.
    package struct Action: Hashable, Sendable {
        /// The message.
        package let message: ActionMessage
        /// Which process published it, counted from 0 in the order of ``bus()``.
        package let process: Int

        /// As on the wire; equal for a message that arrived twice.
        package var messageID: String { message.messageID }
    }

    private let state = Mutex(MemoryBusState())

    /// A broker that is up.
    package init() {}

    /// A bus for one more process.
    package func bus() -> MemoryBus {
        let process = change { state in
            state.processes.append(MemoryBusState.Process())
            return state.processes.count - 1
        }
        return MemoryBus(broker: self, process: process)
    }

    /// Every action that reached a queue, in order; repeated ones more than once.
    package var actions: [Action] { change { $0.actions } }

    /// Every message that reached an exchange of others, in order; repeated ones more than once.
    package var sent: [OutgoingMessage] { change { $0.sent } }

    /// Everything in `scheduler.dead-letter`.
    package var deadLetters: [DeadLetter] { change { $0.deadLetters } }

    /// How many messages were published so far, arrived or not; the next one has the number one above.
    package var publishes: Int { change { $0.publishes } }

    /// Those whose objects are there.
    package var objects: Set<WorkerAddress> { change { $0.objects } }

    /// Messages from workers that nobody has acknowledged.
    package var unacknowledged: Int {
        change { state in state.messages.count + state.processes.reduce(0) { $0 + $1.unacknowledged.count } }
    }

    /// A worker sends a status or a heartbeat, `copies` times over; while the broker is down, it waits in the queue.
    package func workerSend(
        _ job: JobName, _ kind: Delivery.Kind, _ body: [UInt8], contentType: String? = "application/json",
        source: String? = nil, copies: Int = 1
    ) {
        workerSend(.job(job), kind, body, contentType: contentType, source: source, copies: copies)
    }

    /// The same of a worker of a job or a pool.
    package func workerSend(
        _ workers: WorkerAddress, _ kind: Delivery.Kind, _ body: [UInt8], contentType: String? = "application/json",
        source: String? = nil, copies: Int = 1
    ) {
        change { state in
            for _ in 0..<copies {
                state.enqueue(workers, kind, body, contentType, source ?? "\(workers)")
            }
        }
    }

    /// Changes the state under the lock, then resumes whoever got an answer.
    @discardableResult
    func change<Result: Sendable>(_ body: @Sendable (inout MemoryBusState) -> Result) -> Result {
        let (result, effects) = state.withLock { state in
            let result = body(&state)
            state.dispatch()
            defer { state.effects = [] }
            return (result, state.effects)
        }
        for effect in effects { effect() }
        return result
    }
}
