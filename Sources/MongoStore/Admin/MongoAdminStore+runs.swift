// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared

extension MongoAdminStore {
    package func run(_ id: RunID) async throws(StoreError) -> RunRecord? {
        try await connection.run { [unreadableRuns] client throws(StoreError) in
            try client.find(in: CollectionName.runs, ["_id": .objectID(id.value)], limit: 1) {
                RunDocument.decode($0, unreadable: unreadableRuns).map { RunRecord($0) }
            }.first
        }
    }

    package func runs(_ filter: RunFilter, after id: RunID?, limit: Int) async throws(StoreError) -> Page<RunRecord> {
        try await connection.run { [unreadableRuns] client throws(StoreError) in
            try client.page(
                of: CollectionName.runs, Self.query(filter, after: id), options: ["sort": Self.newestFirst],
                index: Self.index(of: filter), limit: limit
            ) { RunDocument.decode($0, unreadable: unreadableRuns).map { RunRecord($0) } }
        }
    }

    package func runs(_ ids: [RunID]) async throws(StoreError) -> [Run] {
        try await connection.run { [unreadableRuns] client throws(StoreError) in
            try MongoSchedulerStore.runs(ids, client, unreadableRuns)
        }
    }

    package func update(_ updates: [RunUpdate]) async throws(StoreError) -> [RunUpdateOutcome] {
        try await connection.run { [unreadableRuns] client throws(StoreError) in
            try MongoSchedulerStore.update(updates, client, unreadableRuns)
        }
    }

    package func callbackKey(orElse fresh: CallbackKey) async throws(StoreError) -> CallbackKey {
        try await connection.run { client throws(StoreError) in try CallbackKeyDocument.key(orElse: fresh, client) }
    }

    package func pendingRuns(of job: JobName, limit: Int) async throws(StoreError) -> Int {
        try await connection.run { client throws(StoreError) in
            let deletion = try client.find(in: CollectionName.deletions, ["_id": .string(job.text)], limit: 1) {
                DeletionDocument.decode($0)
            }.first
            return try client.find(
                in: CollectionName.runs, Self.pending(of: job, deletion),
                options: ["projection": ["_id": 1]], limit: limit
            ) { _ in true }.count
        }
    }

    package func insert(_ run: ManualRun) async throws(StoreError) -> Bool {
        try await connection.run { client throws(StoreError) in
            let document = try BSONBuffer.encoded(Self.document(of: run))
            let report = try client.bulkWrite(to: CollectionName.runs) { bulk throws(StoreError) in
                try bulk.insert(document)
            }
            guard let failure = report.failures[0] else { return true }
            guard failure.code == WriteFailure.duplicateKeyCode else { throw StoreError(.rejected, failure.reason) }
            return false
        }
    }

    package func stop(_ run: RunRecord, by stop: RunStop, at time: Timestamp) async throws(StoreError) -> Bool {
        guard stop == .end || stop == .tell else { return false }
        return try await connection.run { client throws(StoreError) in
            let report = try client.updateOne(
                in: CollectionName.runs, Self.guards(of: run, by: stop),
                stop == .end ? Self.ending(run, at: time) : Self.telling(run, at: time))
            if let failure = report.failures[0] { throw StoreError(.rejected, failure.reason) }
            return report.matched == 1
        }
    }

    package func begunSlots(from cursors: [JobName: Timestamp]) async throws(StoreError) -> [JobName: Set<Timestamp>] {
        guard !cursors.isEmpty else { return [:] }
        return try await connection.run { client throws(StoreError) in try client.begunSlots(from: cursors) }
    }

    /// Runs of a deleted job of the name do not count, whether they are marked already or as old as its tombstone.
    static func pending(of job: JobName, _ deletion: Deletion?) -> BSONFields {
        var filter: BSONFields = [
            "jobName": .string(job.text), "status": .string(RunStatus.pending.rawValue), "retired": ["$ne": true],
        ]
        filter.append("createdTime", ifPresent: deletion.map { ["$gt": .date($0.deletedAt)] })
        return filter
    }

    /// The filter of a list, in a form that an index gives in the order of the ids.
    ///
    /// With a job, its statuses are always named: `job_status_id` merges one row per status. A limit of time passes over
    /// the newer runs one by one: ids hold a time, but only of those runs that we made ourselves.
    static func query(_ filter: RunFilter, after id: RunID?) -> BSONFields {
        var query: BSONFields = [:]
        if let job = filter.jobName { query.append("jobName", .string(job.text)) }
        if !filter.statuses.isEmpty || filter.jobName != nil {
            let statuses = filter.statuses.isEmpty ? Set(RunStatus.allCases) : filter.statuses
            query.append("status", Guards.isOneOf(statuses.sorted { $0.rawValue < $1.rawValue }))
        }
        query.append("_id", ifPresent: id.map { ["$lt": .objectID($0.value)] })
        // Year 1 is the Go program's "not yet".
        for (field, limit) in [
            ("createdTime", filter.createdBefore), ("startTime", filter.startedBefore),
            ("heartbeat", filter.heartbeatBefore),
        ] {
            query.append(field, ifPresent: limit.map { ["$lt": .date($0), "$gte": .date(.earliest)] })
        }
        return query
    }

    /// The index that gives a list in its order; the server would take another one where a time is limited.
    static func index(of filter: RunFilter) -> String {
        filter.jobName != nil ? "job_status_id" : filter.statuses.isEmpty ? "_id_" : "status_id"
    }

    static let newestFirst: BSONValue = ["_id": -1]

    private static func document(of run: ManualRun) -> BSONFields {
        var document: BSONFields = [
            "_id": .objectID(run.id.value), "jobName": .string(run.jobName.text),
            "status": .string(RunStatus.pending.rawValue), "createdTime": .date(run.createdTime), "attempt": .int32(1),
            "trigger": .string(RunTrigger.manual.rawValue), "deadline": .date(run.createdTime),
        ]
        document.append("payload", ifPresent: run.payload.map { .json($0) })
        return document
    }

    /// What the choice of how to stop the run was made from.
    private static func guards(of run: RunRecord, by stop: RunStop) -> BSONFields {
        var filter: BSONFields = [
            "_id": .objectID(run.id.value), "status": .string(run.status.rawValue),
            "attempt": Guards.equal(Int64(run.attempt), missing: 1),
            "revision": Guards.equal(run.revision, missing: 0),
        ]
        if stop == .end { filter.append("publishedAt", .null) }
        return filter
    }

    private static func ending(_ run: RunRecord, at time: Timestamp) -> BSONFields {
        [
            "$set": [
                "status": .string(RunStatus.cancelled.rawValue), "endTime": .date(time),
                "revision": .int64(run.revision + 1),
            ],
            "$unset": ["waiting": 1, "retryAt": 1, "deadline": 1],
        ]
    }

    private static func telling(_ run: RunRecord, at time: Timestamp) -> BSONFields {
        [
            "$set": [
                "status": .string(RunStatus.cancelling.rawValue), "cancelledAt": .date(time), "deadline": .date(time),
                "revision": .int64(run.revision + 1),
            ],
            "$unset": ["publishedAt": 1],
        ]
    }
}
