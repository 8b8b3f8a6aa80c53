// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// Something did not come true in time.
package struct NeverTrue: Error, CustomStringConvertible {
    /// What was waited for, and how long.
    package let description: String
}

/// Waits until the condition comes true, and asks often.
///
/// - Throws: ``NeverTrue`` after the limit, by a clock that nobody sets, and `CancellationError`.
package func eventually(
    _ what: String, within limit: Duration = .seconds(30), _ condition: () async throws -> Bool
) async throws {
    let end = ContinuousClock.now + limit
    while try await !condition() {
        try Task.checkCancellation()
        guard ContinuousClock.now < end else { throw NeverTrue(description: "not within \(limit): \(what)") }
        try await Task.sleep(for: .milliseconds(2))
    }
}
