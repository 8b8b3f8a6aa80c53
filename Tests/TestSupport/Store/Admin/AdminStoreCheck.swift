// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// One promise of the API's store, checked against an empty database.
package struct AdminStoreCheck: Sendable, CustomStringConvertible {
    /// The promise, as a sentence.
    package let description: String
    /// Checks it; throws only when the check itself cannot go on.
    package let run: @Sendable (AdminStoreUnderTest) async throws -> Void

    init(_ promise: String, _ run: @escaping @Sendable (AdminStoreUnderTest) async throws -> Void) {
        description = promise
        self.run = run
    }
}
