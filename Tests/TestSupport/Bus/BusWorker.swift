// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared

/// The other end of the bus under test: a worker, and an operator who looks into the dead letters.
package protocol BusWorker: Sendable {
    /// Makes what the broker keeps for the job, as a worker does, and begins to take its actions.
    func attach(_ job: JobName) async throws

    /// Sends a report to the job, or by a second way straight to where those of its kind wait (`toFanout`).
    func send(_ job: JobName, _ kind: Delivery.Kind, _ body: [UInt8], toFanout: Bool) async throws

    /// What the bus calls the way that such a report took.
    func source(_ job: JobName, _ kind: Delivery.Kind, toFanout: Bool) -> String

    /// Waits for the next actions of an attached job: their `message_id` and body, in the order of arrival.
    func actions(of job: JobName, count: Int) async throws -> [ReceivedAction]

    /// Waits for the next dead letter of a job.
    func deadLetter(of job: JobName) async throws -> ReceivedDeadLetter
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
    /// Header `x-dead-letter-queue`, which tells what it was; `nil` when it names none of the job's.
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
