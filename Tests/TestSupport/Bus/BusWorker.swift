// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared

/// The other end of the bus under test: a worker, and an operator who looks into the dead letters.
package protocol BusWorker: Sendable {
    /// Makes what the broker keeps for the job or pool, as a worker does, and begins to take its actions.
    func attach(_ workers: WorkerAddress) async throws

    /// Sends a report to the job or pool, or by a second way straight to where those of its kind wait (`toFanout`).
    func send(_ workers: WorkerAddress, _ kind: Delivery.Kind, _ body: [UInt8], toFanout: Bool) async throws

    /// What the bus calls the way that such a report took.
    func source(_ workers: WorkerAddress, _ kind: Delivery.Kind, toFanout: Bool) -> String

    /// Waits for the next actions of what is attached: their `message_id` and body, in the order of arrival.
    func actions(of workers: WorkerAddress, count: Int) async throws -> [ReceivedAction]

    /// Waits for the next dead letter of a job or a pool.
    func deadLetter(of workers: WorkerAddress) async throws -> ReceivedDeadLetter
}

/// For jobs that belong to no pool.
extension BusWorker {
    package func attach(_ job: JobName) async throws { try await attach(.job(job)) }

    package func send(_ job: JobName, _ kind: Delivery.Kind, _ body: [UInt8], toFanout: Bool) async throws {
        try await send(.job(job), kind, body, toFanout: toFanout)
    }

    package func source(_ job: JobName, _ kind: Delivery.Kind, toFanout: Bool) -> String {
        source(.job(job), kind, toFanout: toFanout)
    }

    package func actions(of job: JobName, count: Int) async throws -> [ReceivedAction] {
        try await actions(of: .job(job), count: count)
    }

    package func deadLetter(of job: JobName) async throws -> ReceivedDeadLetter {
        try await deadLetter(of: .job(job))
    }
}

/// An action as a worker sees it.
package struct ReceivedAction: Hashable, Sendable {
    /// AMQP property `message_id`.
    package let messageID: String
    /// The body.
    package let body: [UInt8]

    package init(messageID: String, body: [UInt8]) {
        self.messageID = messageID
        self.body = body
    }
}

/// A dead letter as an operator sees it.
package struct ReceivedDeadLetter: Hashable, Sendable {
    /// The body.
    package let body: [UInt8]
    /// Header `x-dead-letter-reason`.
    package let reason: String
    /// Header `x-dead-letter-queue`, which tells what it was; `nil` when it names none of theirs.
    package let kind: Delivery.Kind?
    /// Header `x-dead-letter-exchange`.
    package let source: String

    package init(body: [UInt8], reason: String, kind: Delivery.Kind?, source: String) {
        self.body = body
        self.reason = reason
        self.kind = kind
        self.source = source
    }
}
