// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared

extension MongoAdminStore {
    /// What the lists of the API go by, newest first, and the end of idempotency keys (docs/database.md).
    static let indexes: [(collection: String, index: BSONFields)] = [
        (
            CollectionName.runs,
            ["name": "job_status_id", "key": ["jobName": 1, "status": 1, "_id": -1]]
        ),
        (CollectionName.runs, ["name": "status_id", "key": ["status": 1, "_id": -1]]),
        (CollectionName.jobs, ["name": "manager", "key": ["managerId": 1, "_id": 1]]),
        (
            CollectionName.idempotency,
            ["name": "expiry", "key": ["createdAt": 1], "expireAfterSeconds": .int32(86_400)]
        ),
    ]

    package func prepare() async throws(StoreError) {
        try await connection.runPatiently { client throws(StoreError) in
            for (collection, index) in Self.indexes {
                do throws(DriverFailure) {
                    _ = try client.write(["createIndexes": .string(collection), "indexes": [.document(index)]])
                } catch {
                    throw error.storeError
                }
            }
        }
    }
}
