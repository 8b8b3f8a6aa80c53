// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared
import Synchronization

/// A worker at a ``MemoryBroker``.
package final class MemoryBusWorker: BusWorker {
    private let broker: MemoryBroker
    private let taken = Mutex<[JobName: Int]>([:])

    /// A worker that has taken nothing yet.
    package init(_ broker: MemoryBroker) {
        self.broker = broker
    }

    package func attach(_ job: JobName) async throws {}

    package func send(_ job: JobName, _ kind: Delivery.Kind, _ body: [UInt8], toFanout: Bool) async throws {
        broker.workerSend(job, kind, body, source: source(job, kind, toFanout: toFanout))
    }

    package func source(_ job: JobName, _ kind: Delivery.Kind, toFanout: Bool) -> String {
        toFanout ? "\(job).\(kind.rawValue)" : job.text
    }

    package func actions(of job: JobName, count: Int) async throws -> [ReceivedAction] {
        let start = taken.withLock { taken in
            defer { taken[job, default: 0] += count }
            return taken[job, default: 0]
        }
        let all = broker.actions.filter { $0.message.jobName == job }.dropFirst(start).prefix(count)
        return all.map { ReceivedAction(messageID: $0.messageID, body: $0.message.encodedBody()) }
    }

    package func deadLetter(of job: JobName) async throws -> ReceivedDeadLetter {
        guard let letter = broker.deadLetters.first(where: { $0.delivery.jobName == job }) else {
            throw BusConformanceFailure("no dead letter of \(job)")
        }
        return ReceivedDeadLetter(
            body: letter.delivery.body, reason: letter.reason, kind: letter.delivery.kind,
            source: letter.delivery.origin.source)
    }
}
