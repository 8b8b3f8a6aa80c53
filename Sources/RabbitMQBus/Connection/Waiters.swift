// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// Callers that wait for a value; each is answered exactly once.
struct Waiters<Value: Sendable> {
    typealias Answer = Result<Value, BusError>

    private var continuations: [UInt64: CheckedContinuation<Answer, Never>] = [:]

    var isEmpty: Bool { continuations.isEmpty }

    mutating func add(_ id: UInt64, _ continuation: CheckedContinuation<Answer, Never>) {
        continuations[id] = continuation
    }

    /// Answers one; no effect on an unknown or answered one.
    mutating func answer(_ id: UInt64, _ answer: Answer) {
        continuations.removeValue(forKey: id)?.resume(returning: answer)
    }

    /// Answers all.
    mutating func answerAll(_ answer: Answer) {
        let waiting = continuations
        continuations = [:]
        for continuation in waiting.values { continuation.resume(returning: answer) }
    }

    /// Answers the one that has waited longest.
    mutating func answerFirst(_ answer: Answer) {
        guard let id = continuations.keys.min() else { return }
        self.answer(id, answer)
    }
}
