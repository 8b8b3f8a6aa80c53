// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

extension Run {
    /// Notes how the current attempt ended, in the history.
    package mutating func noteEnd(
        _ outcome: RunAttempt.Outcome, at now: Timestamp, error: String?, http: HTTPAttempt? = nil
    ) {
        let row = RunAttempt(
            attempt: attempt, startTime: startTime, endTime: now, status: outcome, error: error,
            http: http ?? accepted)
        attempts = (attempts + [row]).suffix(RunAttempt.kept)
    }

    /// Goes back to `pending` for the next attempt, to be published at once, or from `retryAt` on.
    ///
    /// What the attempt left behind (times, progress, result, error) goes; its history stays.
    package mutating func beginNextAttempt(retryAt: Timestamp? = nil) {
        workers = addressee
        status = .pending
        attempt += 1
        isWaiting = false
        self.retryAt = retryAt
        startTime = nil
        heartbeat = nil
        progress = nil
        result = nil
        error = nil
        publishedAt = nil
        isByHTTP = false
        accepted = nil
    }
}
