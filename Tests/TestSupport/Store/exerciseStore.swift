// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// What every store must keep, whatever is behind it; run by the memory store and by the real one.
package let storeChecks: [StoreCheck] =
    leaseChecks + deadOwnerChecks + jobChecks + commitChecks + advanceChecks + jobDocumentChecks + insertChecks
    + updateChecks
    + runQueryChecks + runDocumentChecks + retryChecks + deletionChecks + pruningChecks

/// Runs one check in the scope that `withStore` makes: an empty database, gone afterwards.
package func exerciseStore(
    _ check: StoreCheck,
    withStore: (_ body: @Sendable (StoreUnderTest) async throws -> Void) async throws -> Void
) async throws {
    try await withStore { store in
        try await store.store.prepare()
        try await check.run(store)
    }
}
