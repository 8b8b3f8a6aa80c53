// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared

/// One promise of a port, checked against an empty store that was prepared.
package struct ConformanceCheck<Subject: Sendable>: Sendable, CustomStringConvertible {
    /// The promise, as a sentence.
    package let description: String
    /// Checks it; throws only when the check itself cannot go on.
    package let run: @Sendable (Subject) async throws -> Void

    /// A promise and how it is checked.
    package init(_ promise: String, _ run: @escaping @Sendable (Subject) async throws -> Void) {
        description = promise
        self.run = run
    }
}

/// What is checked of a store's Schedulers and Custodians, whatever is behind it.
package typealias StoreCheck = ConformanceCheck<StoreUnderTest>
/// What is checked of a store that commits in steps.
package typealias SteppedStoreCheck = ConformanceCheck<SteppedStoreUnderTest>
/// What is checked of the API's store, whatever is behind it.
package typealias AdminStoreCheck = ConformanceCheck<AdminStoreUnderTest>

/// What every store keeps; run by the memory store and by each real one.
package let storeChecks: [StoreCheck] =
    leaseChecks + deadOwnerChecks + jobChecks + commitChecks + advanceChecks + updateChecks + runQueryChecks
    + retryChecks + deletionChecks + pruningChecks

/// What every store of the API keeps; run by the memory store and by each real one.
package let adminStoreChecks: [AdminStoreCheck] =
    adminJobChecks + adminEditChecks + adminDeletionChecks + adminRunChecks + adminRunListChecks + adminClaimChecks
    + adminManagerChecks

/// The store of Schedulers and Custodians, and a way around its ports.
package struct StoreUnderTest: Sendable {
    /// The store, empty.
    package let store: any SchedulerStore & Housekeeping
    /// The same data.
    package let door: any StoreBackDoor

    /// Both are of one empty store.
    package init(store: any SchedulerStore & Housekeeping, door: any StoreBackDoor) {
        self.store = store
        self.door = door
    }
}

/// A store whose commits are made in steps, and a way around its ports.
package struct SteppedStoreUnderTest: Sendable {
    /// The store, empty.
    package let store: any SchedulerStore & SteppedSlotLedger
    /// The same data.
    package let door: any StoreBackDoor

    /// Both are of one empty store.
    package init(store: any SchedulerStore & SteppedSlotLedger, door: any StoreBackDoor) {
        self.store = store
        self.door = door
    }
}

/// The API's store, and a way around its ports.
package struct AdminStoreUnderTest: Sendable {
    /// The store, empty.
    package let store: any AdminStore
    /// The same data.
    package let door: any StoreBackDoor

    /// Both are of one empty store.
    package init(store: any AdminStore, door: any StoreBackDoor) {
        self.store = store
        self.door = door
    }
}
