// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared
import Synchronization

/// A worker at a ``MemoryBroker``.
package final class MemoryBusWorker: BusWorker {
    private let broker: MemoryBroker
    private let taken = Mutex<[WorkerAddress: Int]>([:])

    /// A worker that has taken nothing yet.
    package init(_ broker: MemoryBroker) {
        self.broker = broker
    }

    package func attach(_ workers: WorkerAddress) async throws {}

    package func send(_ workers: WorkerAddress, _ kind: Delivery.Kind, _ body: [UInt8], toFanout: Bool) async throws {
        broker.workerSend(workers, kind, body, source: source(workers, kind, toFanout: toFanout))
    }

    package func source(_ workers: WorkerAddress, _ kind: Delivery.Kind, toFanout: Bool) -> String {
        toFanout ? "\(workers).\(kind.rawValue)" : "\(workers)"
    }

    package func actions(of workers: WorkerAddress, count: Int) async throws -> [ReceivedAction] {
        let start = taken.withLock { taken in
            defer { taken[workers, default: 0] += count }
            return taken[workers, default: 0]
        }
        let all = broker.actions.filter { $0.message.workers == workers }.dropFirst(start).prefix(count)
        return all.map { ReceivedAction(messageID: $0.messageID, body: $0.message.encodedBody()) }
    }

    package func deadLetter(of workers: WorkerAddress) async throws -> ReceivedDeadLetter {
        guard let letter = broker.deadLetters.first(where: { $0.delivery.workers == workers }) else {
            throw BusConformanceFailure("no dead letter of \(workers)")
        }
        return ReceivedDeadLetter(
            body: letter.delivery.body, reason: letter.reason, kind: letter.delivery.kind,
            source: letter.delivery.origin.source)
    }
}
