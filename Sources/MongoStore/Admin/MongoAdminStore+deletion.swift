// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared

extension MongoAdminStore {
    package func delete(_ name: JobName, expected: JobRecord?) async throws(StoreError) -> JobDeletion {
        try await connection.run { client throws(StoreError) in
            // Somebody who locks the job between note and deletion makes the note an old one: once more, then.
            for _ in 0..<10 {
                if let outcome = try Self.tryToDelete(name, expected: expected, client) { return outcome }
            }
            throw StoreError(.busy, "the job is being locked all the time")
        }
    }

    /// `nil` = the job was locked meanwhile, so that the note says too little of it.
    private static func tryToDelete(
        _ name: JobName, expected: JobRecord?, _ client: MongoClient
    ) throws(StoreError) -> JobDeletion? {
        let key: BSONFields = ["_id": .string(name.text)]
        let found = try client.find(
            in: CollectionName.jobs, key, options: ["projection": Self.deletionFields], limit: 1
        ) { $0.fields() }.first
        guard let found else { return .missing }
        if let expected {
            let edition = JobEdition.read(found["edition"])
            guard (edition ?? 0, edition == nil) == (expected.edition, expected.hasBrokenEdition) else {
                return .conflict
            }
        }
        // First the note, then the job: whoever misses the job finds the note.
        try Self.note(found, client)
        var filter = key
        // One that is no number is nobody's lock.
        let epoch = found["lockEpoch"] ?? .null
        if epoch == .null || epoch.wholeNumber != nil { filter.append("lockEpoch", epoch) }
        if let expected { filter.append("$and", [.document(JobEdition.guards(of: expected))]) }
        let report = try client.deleteOne(in: CollectionName.jobs, filter)
        let left =
            report.removed == 1
            ? nil
            : try client.find(
                in: CollectionName.jobs, key, options: ["projection": Self.deletionFields], limit: 1
            ) { $0.fields() }.first
        guard let left else {
            try Self.forgetClaims(on: name, client)
            return .deleted
        }
        if expected == nil || left["lockEpoch"]?.wholeNumber != epoch.wholeNumber { return nil }
        // Somebody was quicker: the note must not outlive this, or the living job would be taken for another one.
        let undo: BSONFields = ["_id": .string(name.text), "remover": .null]
        try client.deleteOne(in: CollectionName.deletions, undo)
        return .conflict
    }

    private static let deletionFields: BSONValue = [
        "heartbeatTimeout": 1, "retention": 1, "lockEpoch": 1, "edition": 1,
    ]

    /// Stores what those need to know who end the runs of a job that is gone.
    private static func note(_ job: BSONFields, _ client: MongoClient) throws(StoreError) {
        let epoch = min(max(0, job["lockEpoch"]?.wholeNumber ?? 0), DocumentFaults.largestCounter)
        let filter: BSONFields = ["_id": job["_id"] ?? .null]
        let update: BSONFields = [
            "$currentDate": ["deletedAt": true], "$max": ["lockEpoch": .int64(epoch)],
            "$set": [
                "heartbeatTimeout": .int64(max(0, job["heartbeatTimeout"]?.wholeNumber ?? 0)),
                "retention": .int64(max(0, job["retention"]?.wholeNumber ?? 0)),
            ],
        ]
        let report = try client.upsertOne(in: CollectionName.deletions, filter, update)
        if let failure = report.failures[0] { throw StoreError(.rejected, failure.reason) }
    }
}
