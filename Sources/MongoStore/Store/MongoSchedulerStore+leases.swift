// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared

extension MongoSchedulerStore {
    package func serverTime() async throws(StoreError) -> Timestamp {
        try await connection.run { client throws(StoreError) in try client.serverTime() }
    }

    package func register(_ manager: ManagerID, hostname: String) async throws(StoreError) {
        try await connection.run { client throws(StoreError) in
            let filter = try BSONBuffer.encoded(Self.livingLease(of: manager))
            let update = try BSONBuffer.encoded([
                "$set": ["hostname": .string(hostname)], "$currentDate": ["heartbeat": true],
            ])
            let report = try client.bulkWrite(to: CollectionName.managers) { bulk throws(StoreError) in
                try bulk.upsertOne(filter, update)
            }
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
            let filter = try BSONBuffer.encoded(Self.livingLease(of: manager))
            let update = try BSONBuffer.encoded(["$currentDate": ["heartbeat": true]])
            let report = try client.bulkWrite(to: CollectionName.managers) { bulk throws(StoreError) in
                try bulk.updateOne(filter, update)
            }
            return report.matched == 1
        }
    }

    package func release(_ manager: ManagerID) async throws(StoreError) -> Int {
        try await connection.run { client throws(StoreError) in
            let held = try BSONBuffer.encoded(["managerId": .objectID(manager.value)])
            let unlock = try BSONBuffer.encoded(["$unset": ["managerId": 1, "heartbeat": 1]])
            let report = try client.bulkWrite(to: CollectionName.jobs) { bulk throws(StoreError) in
                try bulk.updateMany(held, unlock)
            }
            let lease = try BSONBuffer.encoded(["_id": .objectID(manager.value)])
            _ = try client.bulkWrite(to: CollectionName.managers) { bulk throws(StoreError) in
                try bulk.deleteOne(lease)
            }
            return report.modified
        }
    }

    /// The lease, while no Custodian has expired it.
    private static func livingLease(of manager: ManagerID) -> BSONFields {
        ["_id": .objectID(manager.value), "expired": Guards.absent]
    }
}
