// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import TestSupport
import Testing

@Suite struct MemoryAdminStoreTests {
    @Test(arguments: adminStoreChecks) func `keeps the promises of the API's store`(_ check: AdminStoreCheck)
        async throws
    {
        try await exerciseAdminStore(check) { body in
            let now = Timestamp(millisecondsSinceEpoch: 1_900_000_000_000)
            let store = MemoryAdminStore(now: { now })
            try await body(
                AdminStoreUnderTest(
                    store: store, put: { store.put($1, in: $0) }, document: { store.document(in: $0, $1) }))
        }
    }
}
