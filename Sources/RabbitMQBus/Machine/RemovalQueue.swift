// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// Whose objects are to be removed on one channel: one job after the other, its methods pipelined.
///
/// The broker closes the channel over a queue that has messages in it; what is behind goes with the channel, so a job is
/// begun only when the one before it is done.
struct RemovalQueue {
    /// One call of ``MessageBus/remove(_:)`` for one job.
    struct Removal {
        let job: JobName
        let deadline: ContinuousClock.Instant
        let answer: (RemovalOutcome) -> Void
    }

    private var waiting: [Removal] = []
    private var current: Removal?
    private var unanswered = 0

    /// Whether nobody waits for anything.
    var isEmpty: Bool { waiting.isEmpty && current == nil }

    mutating func append(_ removal: Removal) {
        waiting.append(removal)
    }

    /// The next job to send the methods for; followed by ``sent(_:)``.
    mutating func takeNext() -> JobName? {
        guard current == nil, !waiting.isEmpty else { return nil }
        current = waiting.removeFirst()
        return current?.job
    }

    /// So many answers are due for the current job.
    mutating func sent(_ count: Int) {
        unanswered = count
    }

    /// The broker did the oldest unanswered one.
    mutating func replied() {
        unanswered -= 1
        if unanswered == 0 { finish(.removed) }
    }

    /// The channel was closed over the current job.
    mutating func refused(_ close: ChannelClose) {
        finish(close.code == 406 ? .notEmpty : .unavailable)
    }

    /// The connection is gone.
    mutating func lost() {
        finish(.unavailable)
    }

    /// Answers those that have waited for too long; what was sent may still be done.
    mutating func expire(at now: ContinuousClock.Instant) {
        for removal in waiting where removal.deadline <= now { removal.answer(.unavailable) }
        waiting.removeAll { $0.deadline <= now }
    }

    /// Answers everybody.
    mutating func close() {
        finish(.unavailable)
        for removal in waiting { removal.answer(.unavailable) }
        waiting = []
    }

    private mutating func finish(_ outcome: RemovalOutcome) {
        current?.answer(outcome)
        current = nil
        unanswered = 0
    }
}
