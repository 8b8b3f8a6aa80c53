// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Foundation
import Logging
import MongoStore
import Shared
import TestSupport
import Testing

@Suite(
    .enabled(
        if: MongoStoreScratch.address != nil || MongoStoreScratch.isRequired,
        "SIMPLE_SCHEDULER_TEST_MONGODB is not set"),
    .timeLimit(.minutes(6)))
struct MongoStoreTests {
    @Test(arguments: storeChecks) func `keeps the promises of the store`(_ check: StoreCheck) async throws {
        try await exerciseStore(check, withStore: MongoStoreScratch.withHarness)
    }
}
