// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// What every store of the API must keep, whatever is behind it; run by the memory store and by the real one.
package let adminStoreChecks: [AdminStoreCheck] =
    adminJobChecks + adminEditChecks + adminDeletionChecks + adminRunChecks + adminRunListChecks + adminClaimChecks
    + adminManagerChecks

/// Runs one check in the scope that `withStore` makes: an empty database, gone afterwards.
package func exerciseAdminStore(
    _ check: AdminStoreCheck,
    withStore: (_ body: @Sendable (AdminStoreUnderTest) async throws -> Void) async throws -> Void
) async throws {
    try await withStore { sut in
        _ = try await sut.store.probe()
        try await sut.store.prepare()
        try await check.run(sut)
    }
}
