// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared

extension RelationalStore {
    /// How many slots are told at most, for each hundred jobs.
    private static let mostSlots = 10_000

    package func begunSlots(
        from cursors: [JobName: Timestamp]
    ) async throws(StoreError) -> [JobName: Set<Timestamp>] {
        guard !cursors.isEmpty else { return [:] }
        return try await reader.run { db throws(StoreError) in
            var begun: [JobName: Set<Timestamp>] = [:]
            var room = Self.mostSlots * (1 + cursors.count / 100)
            for (job, cursor) in cursors where room > 0 {
                let slots = try Self.slots(of: job, from: cursor, limit: room, db)
                room -= slots.count
                if !slots.isEmpty { begun[job] = Set(slots) }
            }
            return begun
        }
    }

    private static func slots(
        of job: JobName, from slot: Timestamp, limit: Int, _ db: SQLiteConnection
    ) throws(StoreError) -> [Timestamp] {
        try db.rows(
            """
            SELECT scheduled_time FROM runs
            WHERE job = ? AND scheduled_time >= ? AND trigger = 'schedule' AND is_retired = 0
                AND scheduled_time IS NOT NULL
            ORDER BY scheduled_time LIMIT ?
            """, job.sql, slot.sql, limit.sql
        ) { $0.time(0) }
    }

    package func activity(of jobs: [JobName]) async throws(StoreError) -> [JobName: JobActivity] {
        guard !jobs.isEmpty else { return [:] }
        return try await reader.run { db throws(StoreError) in
            let rows = try db.rows(
                """
                SELECT job, sum(is_waiting = 0 AND NOT (status = 'pending' AND retry_at IS NOT NULL)),
                    sum(status = 'pending'), sum(is_waiting)
                FROM runs
                WHERE job IN (SELECT value FROM json_each(?)) AND status IN ('pending', 'running', 'cancelling')
                    AND is_retired = 0
                GROUP BY job
                """, JSONValue.list(jobs).sql
            ) { row in
                (try? JobName(row.text(0))).map {
                    ($0, JobActivity(active: Int(row.int(1)), pending: Int(row.int(2)), waiting: Int(row.int(3))))
                }
            }
            var activity: [JobName: JobActivity] = [:]
            for (job, counts) in rows {
                var counts = counts
                if counts.waiting > 0 { counts.oldestWaiting = try Self.oldestWaiting(of: job, db) }
                activity[job] = counts
            }
            return activity
        }
    }

    /// What a dead owner may have handed over comes first: the opposite of `Run.isUnseen`.
    private static func oldestWaiting(of job: JobName, _ db: SQLiteConnection) throws(StoreError) -> Run? {
        try db.first(
            """
            SELECT \(RunRow.columns) FROM runs
            WHERE job = ? AND status IN ('pending', 'running', 'cancelling') AND is_waiting = 1 AND is_retired = 0
            ORDER BY status = 'pending' AND published_at IS NULL
                    AND (retry_at IS NOT NULL OR revision = 0 OR revision = 1 AND trigger = 'manual'),
                created_time, id
            LIMIT 1
            """, job.sql
        ) { RunRow.read($0) }
    }

    package func commit(
        _ batch: SlotBatch, while isOwner: @Sendable () -> Bool
    ) async throws(StoreError) -> SlotCommit {
        // Asked here only: between this and the write nobody can take a job without changing what the steps are guarded by.
        guard isOwner() else { throw StoreError(.unavailable, "the lease ran out while firing") }
        guard !batch.steps.isEmpty else { return SlotCommit(advanced: [], runs: []) }
        // Put together here, for the one thread that writes is what everybody waits for.
        let rows = batch.runs.map { RunRow.values($0) }
        return try await writer.run { db throws(StoreError) in
            var advanced: Set<JobName> = []
            for step in batch.steps where try Self.advance(step, db) { advanced.insert(step.name) }
            var runs: [Run] = []
            for (run, row) in zip(batch.runs, rows) where advanced.contains(run.jobName) {
                runs.append(try Self.insertOrAdopt(run, row, db))
            }
            return SlotCommit(advanced: advanced, runs: runs)
        }
    }

    /// Moves one job; gives whether it moved, or an earlier try of the same step had moved it.
    private static func advance(_ step: JobAdvance, _ db: SQLiteConnection) throws(StoreError) -> Bool {
        if try isStill(step.endOf, step.name, db),
            try db.execute(
                """
                UPDATE jobs SET next_run_at = ?1, edition = coalesce(?2, edition),
                    definition = iif(?8 IS NULL, definition, json_set(definition, '$.anchor', ?8))
                WHERE name = ?3 AND manager_id = ?4 AND lock_epoch = ?5 AND next_run_at IS ?6
                    AND (edition = ?7 OR ?7 IS NULL) AND (enabled = 1 OR ?2 IS NOT NULL)
                """, step.to.sql, (step.accountsForEdit ? step.editionAfter : nil).sql, step.name.sql,
                step.managerID.sql, step.lockEpoch.sql, step.from.sql, step.edition.sql,
                (step.anchor?.rfc3339).sql) == 1
        {
            try record(step.skips, of: step.name, db)
            return true
        }
        return try db.first(
            """
            SELECT 1 FROM jobs
            WHERE name = ? AND manager_id = ? AND lock_epoch = ? AND next_run_at IS ? AND edition IS ?
            """, step.name.sql, step.managerID.sql, step.lockEpoch.sql, step.to.sql, step.editionAfter.sql
        ) { _ in true } ?? false
    }

    /// Whether the job still has the schedule and the end that were decided, where a step rests on them.
    private static func isStill(_ decided: Job?, _ name: JobName, _ db: SQLiteConnection) throws(StoreError) -> Bool {
        guard let decided else { return true }
        guard let job = try row(name, db)?.job else { return false }
        return job.schedule == decided.schedule && job.endAt == decided.endAt
    }

    /// Records slots that got no run: counted by reason, and the last hundred rows.
    static func record(_ skips: [SlotSkip], of job: JobName, _ db: SQLiteConnection) throws(StoreError) {
        guard !skips.isEmpty else { return }
        for skip in skips {
            try db.execute(
                """
                INSERT INTO skip_counts (job, reason, count) VALUES (?1, ?2, ?3)
                ON CONFLICT (job, reason) DO UPDATE SET count = count + ?3
                """, job.sql, skip.reason.rawValue.sql, skip.count.sql)
            try db.execute(
                """
                INSERT INTO skips (job, reason, first_slot, last_slot, count, decided_at) VALUES (?, ?, ?, ?, ?, ?)
                """, job.sql, skip.reason.rawValue.sql, skip.firstSlot.sql, skip.lastSlot.sql, skip.count.sql,
                skip.decidedAt.sql)
        }
        try db.execute(
            """
            DELETE FROM skips WHERE job = ?1 AND number <=
                (SELECT number FROM skips WHERE job = ?1 ORDER BY number DESC LIMIT 1 OFFSET 100)
            """, job.sql)
    }

    private static func insertOrAdopt(
        _ run: Run, _ row: [SQLValue], _ db: SQLiteConnection
    ) throws(StoreError) -> Run {
        if try db.execute(RunRow.insertion, row) == 1 { return run }
        var standing = try db.first("SELECT \(RunRow.columns) FROM runs WHERE id = ?", run.id.sql) { RunRow.read($0) }
        if standing == nil {
            standing = try db.first(
                """
                SELECT \(RunRow.columns) FROM runs
                WHERE job = ? AND scheduled_time = ? AND trigger = 'schedule' AND is_retired = 0
                    AND scheduled_time IS NOT NULL
                """, run.jobName.sql, run.scheduledTime.sql
            ) { RunRow.read($0) }
        }
        guard var standing else { throw StoreError(.rejected, "the run in the slot of \(run.id) cannot be read") }
        if standing.lockEpoch < run.lockEpoch {
            try db.execute("UPDATE runs SET lock_epoch = ? WHERE id = ?", run.lockEpoch.sql, standing.id.sql)
            standing.lockEpoch = run.lockEpoch
        }
        return standing
    }
}
