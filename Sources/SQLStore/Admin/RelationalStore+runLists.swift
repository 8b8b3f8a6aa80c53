// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared

extension RelationalStore {
    package func run(_ id: RunID) async throws(StoreError) -> RunRecord? {
        try await lists.run { db throws(StoreError) in try Self.run(id, db).map { RunRecord($0) } }
    }

    package func runs(_ filter: RunFilter, after id: RunID?, limit: Int) async throws(StoreError) -> Page<RunRecord> {
        try await lists.run { db throws(StoreError) in
            var room = PageRoom(limit: limit)
            var records: [RunRecord] = []
            for id in try Self.ids(filter, after: id, limit: limit + 1, db) where !room.isFull {
                let run = try db.first("SELECT \(RunRow.columns) FROM runs WHERE id = ?", id.sql) { row in
                    RunRow.read(row).map { ($0, RunRow.byteCount(row)) }
                }
                guard let (run, byteCount) = run else { continue }
                records.append(RunRecord(run))
                room.take(byteCount)
            }
            return room.page(records)
        }
    }

    /// The first ids of a list: each status has its own row of them in an index, newest first, and the rows are merged.
    private static func ids(
        _ filter: RunFilter, after id: RunID?, limit: Int, _ db: SQLiteConnection
    ) throws(StoreError) -> [RunID] {
        var place: [String] = []
        var values: [SQLValue] = []
        if let job = filter.jobName {
            place.append("job = ?")
            values.append(job.sql)
        }
        var rest: [String] = []
        var bounds: [SQLValue] = []
        if let last = [id, latestID(filter)].compactMap(\.self).min() {
            rest.append("id < ?")
            bounds.append(last.sql)
        }
        for (column, time) in [
            ("created_time", filter.createdBefore), ("start_time", filter.startedBefore),
            ("heartbeat", filter.heartbeatBefore),
        ] {
            guard let time else { continue }
            rest.append("\(column) < ?")
            bounds.append(time.sql)
        }
        let isWhole = filter.jobName == nil && filter.statuses.isEmpty
        let statuses: [RunStatus?] =
            isWhole ? [nil] : filter.statuses.isEmpty ? RunStatus.allCases : Array(filter.statuses)
        let index = isWhole ? "sqlite_autoindex_runs_1" : filter.jobName != nil ? "runs_job" : "runs_status"
        var ids: [RunID] = []
        for status in statuses {
            let conditions = place + (status == nil ? [] : ["status = ?"]) + rest
            // Without the hint a limit of time could lead it to another index, and to sorting.
            let sql = """
                SELECT id FROM runs INDEXED BY \(index) \
                WHERE \(conditions.isEmpty ? "true" : conditions.joined(separator: " AND ")) ORDER BY id DESC LIMIT ?
                """
            try db.each(sql, values + (status.map { [$0.sql] } ?? []) + bounds + [limit.sql]) {
                row throws(StoreError) in
                if let id = row.id(0) { ids.append(RunID(id)) }
                return true
            }
        }
        return Array(ids.sorted(by: >).prefix(limit))
    }

    /// What no run that passes the filter comes after, so that those that are too new are not read one by one.
    ///
    /// An id begins with the second of its making, by the clock of `created_time`. It starts later, unless the clock was set
    /// back between, for which a day is allowed.
    private static func latestID(_ filter: RunFilter) -> RunID? {
        let day = Duration.seconds(86_400)
        let limits = [
            filter.createdBefore.map { $0 + .seconds(60) }, filter.startedBefore.map { $0 + day },
            filter.heartbeatBefore.map { $0 + day },
        ]
        guard let limit = limits.compactMap(\.self).min() else { return nil }
        let seconds = UInt64(clamping: limit.millisecondsSinceEpoch / 1_000)
        return RunID(Identifier(high: min(seconds, UInt64(UInt32.max)) << 32, low: 0))
    }

    package func pendingRuns(of job: JobName, limit: Int) async throws(StoreError) -> Int {
        try await lists.run { db throws(StoreError) in
            try db.first(
                """
                SELECT count(*) FROM (
                    SELECT 1 FROM runs
                    WHERE job = ?1 AND status = 'pending' AND is_retired = 0
                        AND created_time > coalesce((SELECT deleted_at FROM deletions WHERE job = ?1), ?2)
                    LIMIT ?3)
                """, job.sql, .int(.min), limit.sql
            ) { Int($0.int(0)) } ?? 0
        }
    }

    @discardableResult
    package func insert(_ run: ManualRun) async throws(StoreError) -> Bool {
        var made = Run(
            id: run.id, jobName: run.jobName, createdTime: run.createdTime, scheduledTime: nil, trigger: .manual,
            deadline: run.createdTime)
        made.payload = run.payload
        let values = RunRow.values(made)
        return try await writer.run { db throws(StoreError) in try db.execute(RunRow.insertion, values) == 1 }
    }

    package func stop(_ run: RunRecord, by stop: RunStop, at time: Timestamp) async throws(StoreError) -> Bool {
        let guards = "WHERE id = ?1 AND status = ?2 AND attempt = ?3 AND revision = ?4"
        let sql: String
        switch stop {
        case .end:
            sql = """
                UPDATE runs SET status = 'cancelled', end_time = ?5, is_waiting = 0, retry_at = NULL, deadline = NULL,
                    revision = revision + 1
                \(guards) AND published_at IS NULL
                """
        case .tell:
            sql = """
                UPDATE runs SET status = 'cancelling', cancelled_at = ?5, deadline = ?5, published_at = NULL,
                    revision = revision + 1
                \(guards)
                """
        case .none, .late: return false
        }
        return try await writer.run { db throws(StoreError) in
            try db.execute(
                sql, run.id.sql, run.status.sql, run.attempt.sql, run.revision.sql, time.sql) == 1
        }
    }
}
