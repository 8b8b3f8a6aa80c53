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
        try await MongoStoreScratch.withStore { store in
            try await store.prepare()
            try await check.run(StoreUnderTest(store: store, door: MongoBackDoor(store: store)))
        }
    }

    @Test(arguments: steppedStoreChecks) func `each step of a commit keeps its promises`(
        _ check: SteppedStoreCheck
    ) async throws {
        try await MongoStoreScratch.withStore { store in
            try await store.prepare()
            try await check.run(SteppedStoreUnderTest(store: store, door: MongoBackDoor(store: store)))
        }
    }

    @Test(arguments: adminStoreChecks) func `keeps the promises of the API's store`(
        _ check: AdminStoreCheck
    ) async throws {
        try await MongoStoreScratch.withAdminStore { admin, store in
            try await admin.prepare()
            try await check.run(AdminStoreUnderTest(store: admin, door: MongoBackDoor(store: store)))
        }
    }

    @Test(arguments: documentChecks) func `lives with documents that others wrote`(_ check: DocumentCheck) async throws
    {
        try await MongoStoreScratch.withAdminStore { admin, store in
            try await store.prepare()
            try await check.run(DocumentsUnderTest(store: store, admin: admin))
        }
    }
}
