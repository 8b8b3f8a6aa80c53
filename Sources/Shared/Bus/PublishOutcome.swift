// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// What became of one published message.
package enum PublishOutcome: Hashable, Sendable {
    /// The broker has taken responsibility for it, in a queue.
    case confirmed
    /// The broker had no queue for it although it was declared; nothing has it. Publish again.
    case unroutable
    /// Not known: connection lost, timed out. Publish again, with the same id.
    case unconfirmed
    /// Not taken: the broker said so (basic.nack), as for a full queue that rejects. Publish again, with the same id.
    case nacked
    /// This job's objects cannot be used (declared otherwise by somebody else, no rights); the reason is for an operator.
    case refused(String)
}
