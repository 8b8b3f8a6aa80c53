// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import DequeModule
import Shared
import Synchronization

/// What remains to be done for a batch of reports whose effects are stored.
struct Acknowledgement: Sendable {
    /// What has to be safe among the dead letters first.
    let letters: [DeadLetter]
    /// What is then acknowledged.
    let batch: ReportBatch
}

/// Batches that are stored and not acknowledged yet, in order; holds a bounded number.
///
/// One task appends, another one takes.
final class AcknowledgementQueue: Sendable {
    private struct State {
        var waiting: Deque<Acknowledgement> = []
        var isFinished = false
    }

    private let capacity: Int
    private let state = Mutex(State())
    private let filled = Alarm()
    private let emptied = Alarm()

    /// An empty queue that makes its filler wait at `capacity` batches.
    init(capacity: Int = 64) {
        self.capacity = capacity
    }

    /// Adds a batch, after waiting for room.
    ///
    /// Gives `false` when it is of no use any more: nobody takes them, or the task was cancelled.
    func append(_ acknowledgement: Acknowledgement) async -> Bool {
        while !Task.isCancelled {
            let isDone = state.withLock { state -> Bool? in
                if state.isFinished { return false }
                guard state.waiting.count < capacity else { return nil }
                state.waiting.append(acknowledgement)
                return true
            }
            if isDone == true { filled.ring() }
            if let isDone { return isDone }
            await emptied.wait()
        }
        return false
    }

    /// The oldest batch, when there is one; `nil` after the end, once all are taken, or when the task is cancelled.
    func next() async -> Acknowledgement? {
        while true {
            let (first, isFinished) = state.withLock { state in (state.waiting.popFirst(), state.isFinished) }
            if let first {
                emptied.ring()
                return first
            }
            guard !isFinished, !Task.isCancelled else { return nil }
            await filled.wait()
        }
    }

    /// Nothing more is added, or taken.
    func finish() {
        state.withLock { $0.isFinished = true }
        filled.ring()
        emptied.ring()
    }
}
