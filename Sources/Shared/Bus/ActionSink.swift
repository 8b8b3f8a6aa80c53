// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// The way out for actions, to the workers of their jobs or pools.
package protocol ActionSink: Sendable {
    /// Waits until actions can be published: connected, and the broker takes them.
    ///
    /// - Throws: `closed` when that will never be, or when the task is cancelled.
    func ready() async throws(BusError)

    /// Publishes actions, pipelined and durable, and gathers what the broker says of each.
    ///
    /// Makes first what it needs to keep them for their ``ActionMessage/workers``, where that is not there.
    /// - Returns: one outcome per action, in the same order; never waits longer than the confirm time-out.
    func publish(_ actions: [ActionMessage]) async -> [PublishOutcome]
}

/// What became of one published action.
package enum PublishOutcome: Hashable, Sendable {
    /// The broker has taken responsibility for it.
    case confirmed
    /// The broker had no place for it although one was made; nothing has it. Publish again.
    case unroutable
    /// Not known: connection lost, timed out. Publish again, with the same id.
    case unconfirmed
    /// Not taken: the broker said so, as when the place for it is full. Publish again, with the same id.
    case nacked
    /// What the broker keeps for these workers cannot be used (made otherwise by somebody else, no rights); the reason is for an
    /// operator.
    case refused(String)
}
