// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared

extension MongoAdminStore {
    package func managers(timeout: Duration) async throws(StoreError) -> [ManagerRecord] {
        try await connection.run { client throws(StoreError) in
            let held = try client.aggregate(Self.heldJobs(timeout: timeout), in: CollectionName.jobs) { $0.fields() }
            let known = try client.aggregate(Self.knownManagers(timeout: timeout), in: CollectionName.managers) {
                $0.fields()
            }
            var rows: [Identifier: BSONFields] = [:]
            for row in held { if case .objectID(let id) = row["_id"] { rows[id] = row } }
            return known.compactMap { manager in
                guard case .objectID(let id) = manager["_id"] else { return nil }
                return Self.record(id, manager, jobs: rows[id])
            }
        }
    }

    /// How many jobs each owner holds, and whether one of them has a fresh heartbeat of its own (the Go program's way).
    private static func heldJobs(timeout: Duration) -> [BSONFields] {
        [
            ["$match": ["managerId": ["$type": "objectId", "$ne": .objectID(.zero)]]],
            [
                "$group": [
                    "_id": "$managerId", "jobs": ["$sum": 1], "heartbeat": ["$max": "$heartbeat"],
                    "isFresh": ["$max": isFresh(timeout)],
                ]
            ],
        ]
    }

    private static func knownManagers(timeout: Duration) -> [BSONFields] {
        [["$sort": ["_id": 1]], ["$addFields": ["isFresh": isFresh(timeout)]]]
    }

    /// Younger than the time-out by the server's clock; anything but a date is not.
    private static func isFresh(_ timeout: Duration) -> BSONValue {
        [
            "$and": [
                ["$eq": [["$type": "$heartbeat"], "date"]],
                ["$gt": ["$heartbeat", ["$subtract": ["$$NOW", .int64(timeout.milliseconds)]]]],
            ]
        ]
    }

    private static func record(_ id: Identifier, _ manager: BSONFields, jobs: BSONFields?) -> ManagerRecord? {
        guard manager["expired"] == nil, isTrue(manager["isFresh"]) || isTrue(jobs?["isFresh"]) else { return nil }
        var hostname = ""
        if case .string(let text) = manager["hostname"] { hostname = text }
        let beats = [manager["heartbeat"], jobs?["heartbeat"]].compactMap { value -> Timestamp? in
            if case .date(let time) = value { time } else { nil }
        }
        return ManagerRecord(
            id: ManagerID(id), hostname: hostname, heartbeat: beats.max(),
            jobs: Int(jobs?["jobs"]?.wholeNumber ?? 0))
    }

    private static func isTrue(_ value: BSONValue?) -> Bool {
        if case .bool(let value) = value { value } else { false }
    }
}
