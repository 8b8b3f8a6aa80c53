// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Logging
import Shared

/// Where the real drivers are plugged in; nothing else here knows them.
enum CustodianDrivers {
    /// A store over the database of the settings, not connected yet.
    ///
    /// - Throws: `InvalidSettings` when the driver cannot read the connection string.
    static func store(_ settings: DatabaseSettings, logger: Logger) throws -> any UnlockStore {
        UnpluggedStore()
    }

    /// A bus over the broker of the settings, not connected yet.
    ///
    /// - Throws: `InvalidSettings` when the driver cannot read the connection string.
    static func bus(_ settings: BusSettings, logger: Logger) throws -> any MessageBus {
        throw InvalidSettings([SettingFault(.busConnectionString, expected: "no value: this build has no bus driver")])
    }
}

/// Stands in for the driver of the database: never reachable.
private struct UnpluggedStore: UnlockStore {
    private static let error = StoreError(.unavailable, "this build has no database driver")

    func unlockJobsOfDeadOwners(timeout: Duration) async throws(StoreError) -> [String] { throw Self.error }
    func serverTime() async throws(StoreError) -> Timestamp { throw Self.error }
    func register(_ manager: ManagerID, hostname: String) async throws(StoreError) { throw Self.error }
    func renew(_ manager: ManagerID) async throws(StoreError) -> Bool { throw Self.error }
    func release(_ manager: ManagerID) async throws(StoreError) -> Int { throw Self.error }
}
