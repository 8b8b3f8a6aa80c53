// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared

extension MongoSchedulerStore {
    /// The most jobs that one call unlocks.
    private static let maximumUnlocks = 2000

    package func unlockJobsOfDeadOwners(silentSince limit: Timestamp) async throws(StoreError) -> [String] {
        try await connection.run { client throws(StoreError) in
            // Owners first, leases second: whoever locked a job before the first step had its lease before the second.
            let owners = try Self.owners(client)
            try Self.expireLeases(upTo: limit, client)
            let living = try Self.livingOwners(client)
            let dead = owners.filter { owner in
                guard case .objectID(let id) = owner else { return true }
                return !living.contains(id)
            }
            let names = try Self.unlock(heldBy: dead, silentSince: limit, client)
            try Self.forgetLeases(client)
            return names
        }
    }

    /// Every value of `managerId` that stands for an owner, whatever its type.
    private static func owners(_ client: MongoClient) throws(StoreError) -> [BSONValue] {
        let reply = try client.read([
            "distinct": .string(CollectionName.jobs), "key": "managerId",
            "maxTimeMS": .int32(MongoClient.maximumReadMilliseconds),
        ])
        guard case .array(let values) = reply["values"] else { return [] }
        return values.filter { value in
            switch value {
            case .null, .objectID(.zero), .other, .document, .array: false
            default: true
            }
        }
    }

    /// One guarded update: a lease that is renewed in the meantime is not expired, and an expired one is not renewed.
    private static func expireLeases(upTo limit: Timestamp, _ client: MongoClient) throws(StoreError) {
        let old: BSONFields = [
            "expired": Guards.absent, "heartbeat": ["$lte": .date(limit)],
        ]
        let expire: BSONFields = ["$set": ["expired": true]]
        try client.updateMany(in: CollectionName.managers, old, expire)
    }

    /// Those whose lease is neither expired nor without a heartbeat (the Go program's has none).
    private static func livingOwners(_ client: MongoClient) throws(StoreError) -> Set<Identifier> {
        Set(
            try client.find(
                in: CollectionName.managers, ["expired": Guards.absent, "heartbeat": ["$type": "date"]],
                options: ["projection": ["_id": 1]]
            ) { Self.id($0) })
    }

    private static func unlock(
        heldBy dead: [BSONValue], silentSince limit: Timestamp, _ client: MongoClient
    ) throws(StoreError) -> [String] {
        var names: [String] = []
        let steps: [BSONFields] = [
            ["$set": ["ownerLostAt": "$$NOW"]], ["$unset": ["managerId", "heartbeat"]],
        ]
        for owners in dead.chunks(of: 200) where names.count < maximumUnlocks {
            let condition: BSONFields = [
                "managerId": ["$in": .array(Array(owners))], "heartbeat": ["$not": ["$gt": .date(limit)]],
            ]
            let held = try client.find(
                in: CollectionName.jobs, condition, options: ["projection": ["_id": 1]],
                limit: maximumUnlocks - names.count
            ) { Self.anyID($0) }
            for batch in held.chunks(of: 500) {
                var guarded = condition
                guarded.append("_id", ["$in": .array(Array(batch))])
                let report = try client.bulkWrite(to: CollectionName.jobs) { bulk throws(StoreError) in
                    try bulk.updateMany(.encoded(guarded), .encoded(pipeline: steps))
                }
                if report.modified == batch.count {
                    names += batch.map(text(of:))
                } else {
                    names += try unlocked(batch, client)
                }
            }
        }
        return names
    }

    /// Those of a batch that nobody holds now; what another Custodian unlocked at the same time is named by both.
    private static func unlocked(
        _ batch: ArraySlice<BSONValue>, _ client: MongoClient
    ) throws(StoreError) -> [String] {
        try client.find(
            in: CollectionName.jobs,
            ["_id": ["$in": .array(Array(batch))], "managerId": Guards.unlocked, "ownerLostAt": ["$type": "date"]],
            options: ["projection": ["_id": 1]]
        ) { Self.anyID($0) }.map(text(of:))
    }

    /// Deletes expired leases that hold nothing.
    ///
    /// A lock that comes later is without a lease, and so dead.
    private static func forgetLeases(_ client: MongoClient) throws(StoreError) {
        let expired = try client.find(
            in: CollectionName.managers, ["expired": true], options: ["projection": ["_id": 1]]
        ) { Self.id($0) }
        for owner in expired {
            let held = try client.find(
                in: CollectionName.jobs, ["managerId": .objectID(owner)],
                options: ["projection": ["_id": 1], "limit": .int64(1)], limit: 1
            ) { Self.anyID($0) }
            guard held.isEmpty else { continue }
            let lease: BSONFields = ["_id": .objectID(owner), "expired": true]
            try client.deleteOne(in: CollectionName.managers, lease)
        }
    }

    private static func id(_ reader: borrowing BSONReader) -> Identifier? {
        guard case .objectID(let id) = anyID(reader) else { return nil }
        return id
    }

    private static func anyID(_ reader: borrowing BSONReader) -> BSONValue? {
        while reader.next() {
            guard reader.name == "_id" else { continue }
            let id = reader.value()
            if case .other = id { return nil }
            return id
        }
        return nil
    }

    private static func text(of id: BSONValue) -> String {
        switch id {
        case .string(let text): text
        case .objectID(let id): id.hex
        default: id.summary
        }
    }
}
