// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import Synchronization

/// A caller that waits for the result of an operation, until there is one or its deadline has passed.
final class PendingCall<Value: Sendable>: Sendable {
    private let continuation: Mutex<CheckedContinuation<Result<Value, StoreError>, Never>?>

    init(_ continuation: CheckedContinuation<Result<Value, StoreError>, Never>) {
        self.continuation = Mutex(continuation)
    }

    /// Whether nobody has answered yet.
    var isWaiting: Bool { continuation.withLock { $0 != nil } }

    /// Answers; only the first answer counts.
    func answer(_ result: Result<Value, StoreError>) {
        let continuation = continuation.withLock { continuation in
            defer { continuation = nil }
            return continuation
        }
        continuation?.resume(returning: result)
    }
}
