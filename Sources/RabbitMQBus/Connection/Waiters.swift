// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import Synchronization

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

/// A value that is set once and that any number of tasks may wait for.
final class OneShot<Value: Sendable>: Sendable {
    private enum State {
        case open([CheckedContinuation<Value, Never>])
        case set(Value)
    }

    private let state = Mutex(State.open([]))

    /// Sets the value; only the first call counts.
    func set(_ value: Value) {
        let waiting: [CheckedContinuation<Value, Never>] = state.withLock { state in
            guard case .open(let waiting) = state else { return [] }
            state = .set(value)
            return waiting
        }
        for continuation in waiting { continuation.resume(returning: value) }
    }

    /// Waits for the value; does not heed cancellation.
    func wait() async -> Value {
        await withCheckedContinuation { continuation in
            let value: Value? = state.withLock { state in
                switch state {
                case .set(let value): return value
                case .open(let waiting):
                    state = .open(waiting + [continuation])
                    return nil
                }
            }
            if let value { continuation.resume(returning: value) }
        }
    }
}
