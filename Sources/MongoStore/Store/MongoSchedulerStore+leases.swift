// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared

extension MongoSchedulerStore {
    package func serverTime() async throws(StoreError) -> Timestamp {
        try await connection.run { client throws(StoreError) in try client.serverTime() }
    }

    package func register(_ manager: ManagerID, hostname: String) async throws(StoreError) {
        try await connection.run { client throws(StoreError) in
            let filter: BSONFields = Self.livingLease(of: manager)
            let update: BSONFields = [
                "$set": ["hostname": .string(hostname)], "$currentDate": ["heartbeat": true],
            ]
            let report = try client.upsertOne(in: CollectionName.managers, filter, update)
            if let failure = report.failures[0] {
                let isExpired = failure.code == WriteFailure.duplicateKeyCode
                throw StoreError(
                    .rejected,
                    isExpired ? "the lease of \(manager) was expired; its id must not be used again" : failure.reason)
            }
        }
    }

    package func renew(_ manager: ManagerID) async throws(StoreError) -> Bool {
        try await connection.run { client throws(StoreError) in
            let filter: BSONFields = Self.livingLease(of: manager)
            let update: BSONFields = ["$currentDate": ["heartbeat": true]]
            let report = try client.updateOne(in: CollectionName.managers, filter, update)
            return report.matched == 1
        }
    }

    /// The lease, while no Custodian has expired it.
    private static func livingLease(of manager: ManagerID) -> BSONFields {
        ["_id": .objectID(manager.value), "expired": Guards.absent]
    }
}
