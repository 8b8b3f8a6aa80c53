// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared

extension MongoAdminStore {
    package func claim(_ claim: IdempotencyClaim) async throws(StoreError) -> IdempotencyClaim {
        try await connection.run { client throws(StoreError) in
            // Twice: the old claim may expire between the insert and the look at what stood in its way.
            for _ in 0..<2 {
                if try Self.insert(claim, client) { return claim }
                let standing = try client.find(
                    in: CollectionName.idempotency, ["_id": .string(claim.key)], limit: 1
                ) { Self.claim($0.fields(), of: claim.jobName) }.first
                if let standing { return standing }
            }
            throw StoreError(.unavailable, "claiming an idempotency key: somebody keeps taking and leaving it")
        }
    }

    package func settle(_ claim: IdempotencyClaim) async throws(StoreError) {
        try await connection.run { client throws(StoreError) in
            let filter: BSONFields = ["_id": .string(claim.key)]
            let change: BSONFields = ["$set": ["done": true]]
            try client.updateOne(in: CollectionName.idempotency, filter, change)
        }
    }

    /// Forgets the claims on runs of a job that is gone, so that one of the same name starts clean.
    static func forgetClaims(on job: JobName, _ client: MongoClient) throws(StoreError) {
        let filter: BSONFields = ["jobName": .string(job.text)]
        try client.deleteMany(in: CollectionName.idempotency, filter)
    }

    /// An upsert, so that the server's clock says when the claim was made: its index counts the day from there.
    private static func insert(_ claim: IdempotencyClaim, _ client: MongoClient) throws(StoreError) -> Bool {
        let filter: BSONFields = ["_id": .string(claim.key), "runId": .objectID(claim.runID.value)]
        let change: BSONFields = [
            "$setOnInsert": ["bodyHash": .string(claim.body), "jobName": .string(claim.jobName.text)],
            "$currentDate": ["createdAt": true],
        ]
        let report = try client.upsertOne(in: CollectionName.idempotency, filter, change)
        guard let failure = report.failures[0] else { return true }
        guard failure.code == WriteFailure.duplicateKeyCode else { throw StoreError(.rejected, failure.reason) }
        return false
    }

    private static func claim(_ fields: BSONFields, of job: JobName) -> IdempotencyClaim? {
        guard case .string(let key) = fields["_id"], case .string(let body) = fields["bodyHash"],
            case .objectID(let run) = fields["runId"]
        else { return nil }
        var isDone = false
        if case .bool(let value) = fields["done"] { isDone = value }
        return IdempotencyClaim(key: key, jobName: job, body: body, runID: RunID(run), isDone: isDone)
    }
}
