// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// Something took too long.
struct TimeLimitPassed: Error {}

/// Gives up, with ``TimeLimitPassed``, what takes longer.
func withTimeLimit<Value: Sendable>(
    _ limit: Duration, _ body: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    try await withThrowingTaskGroup(of: Value.self) { group in
        group.addTask { try await body() }
        group.addTask {
            try await Task.sleep(for: limit)
            throw TimeLimitPassed()
        }
        defer { group.cancelAll() }
        guard let value = try await group.next() else { throw CancellationError() }
        return value
    }
}
