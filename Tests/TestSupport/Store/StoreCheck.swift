// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// One promise of the store seam, checked against an empty database.
package struct StoreCheck: Sendable, CustomStringConvertible {
    /// The promise, as a sentence.
    package let description: String
    /// Checks it; throws only when the check itself cannot go on.
    package let run: @Sendable (StoreUnderTest) async throws -> Void

    init(_ promise: String, _ run: @escaping @Sendable (StoreUnderTest) async throws -> Void) {
        description = promise
        self.run = run
    }
}
