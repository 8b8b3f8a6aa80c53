// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// How one attempt of a run ended: a row in the run's history.
package struct RunAttempt: Hashable, Sendable {
    /// How an attempt can end; the raw values are those of documents and of the API.
    package enum Outcome: String, Hashable, Sendable, CaseIterable {
        case completed
        case failed
        case cancelled
        /// Its worker fell silent; the next attempt followed.
        case lost
    }

    /// How many rows a run keeps; the oldest make room.
    package static let kept = 20
    /// The longest ``error`` of a row, in Unicode scalars; the rest is cut.
    package static let longestError = 1_024

    /// Which one, from 1.
    package let attempt: Int
    /// When its worker said `running`; `nil` = it never did.
    package let startTime: Timestamp?
    /// When it was over for the Scheduler.
    package let endTime: Timestamp
    /// How it ended.
    package let status: Outcome
    /// What went wrong.
    package let error: String?
    /// What was seen of the request that it was; `nil` for what went to a worker.
    package let http: HTTPAttempt?

    /// Cuts `error` to ``longestError``.
    package init(
        attempt: Int, startTime: Timestamp?, endTime: Timestamp, status: Outcome, error: String?,
        http: HTTPAttempt? = nil
    ) {
        self.http = http
        self.attempt = attempt
        self.startTime = startTime
        self.endTime = endTime
        self.status = status
        self.error = error.map { $0.cut(to: Self.longestError) }
    }
}

extension RunAttempt.Outcome {
    /// How an attempt ended whose run has this status; `nil` for those that are not final.
    package init?(_ status: RunStatus) {
        switch status {
        case .completed: self = .completed
        case .failed: self = .failed
        case .cancelled: self = .cancelled
        case .pending, .running, .cancelling: return nil
        }
    }
}
