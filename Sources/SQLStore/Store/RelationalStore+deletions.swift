// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared

extension RelationalStore {
    /// How many runs one step marks.
    private static let mostRetired = 10_000

    static let deletionColumns = "job, deleted_at, heartbeat_timeout, lock_epoch, remover"

    /// Reads a row of ``deletionColumns``.
    static func deletion(_ row: SQLiteStatement) -> Deletion? {
        guard let name = try? JobName(row.text(0)), let deletedAt = row.time(1) else { return nil }
        return Deletion(
            jobName: name, deletedAt: deletedAt, heartbeatTimeout: .milliseconds(row.int(2)), lockEpoch: row.int(3),
            remover: row.id(4).map { ManagerID($0) })
    }

    package func deletions(after: JobName?, limit: Int) async throws(StoreError) -> [Deletion] {
        try await reader.run { db throws(StoreError) in
            try db.rows(
                "SELECT \(Self.deletionColumns) FROM deletions WHERE job > ? ORDER BY job LIMIT ?",
                (after?.text ?? "").sql, max(0, limit).sql
            ) { Self.deletion($0) }
        }
    }

    package func deletions(of names: [JobName]) async throws(StoreError) -> [Deletion] {
        guard !names.isEmpty else { return [] }
        return try await reader.run { db throws(StoreError) in
            try db.rows(
                """
                SELECT \(Self.deletionColumns) FROM deletions
                WHERE job IN (SELECT value FROM json_each(?)) ORDER BY job
                """, JSONValue.list(names).sql
            ) { Self.deletion($0) }
        }
    }

    package func noteDeletion(_ deletion: Deletion) async throws(StoreError) {
        _ = try await writer.run { [self] db throws(StoreError) in
            try db.execute(
                """
                INSERT INTO deletions (job, deleted_at, heartbeat_timeout, lock_epoch) VALUES (?, ?, ?, ?)
                ON CONFLICT DO NOTHING
                """, deletion.jobName.sql, min(now(), deletion.deletedAt).sql, deletion.heartbeatTimeout.sql,
                deletion.lockEpoch.sql)
        }
    }

    package func retireRuns(of deletion: Deletion) async throws(StoreError) -> Bool {
        try await writer.run { db throws(StoreError) in
            try Self.retire(deletion.jobName, deletion, isBeforeFirstLock: false, db).isDone
        }
    }

    package func claimRemoval(
        of deletion: Deletion, by manager: ManagerID, staleAfter: Duration
    ) async throws(StoreError) -> Bool {
        try await writer.run { [self] db throws(StoreError) in
            let now = now()
            return try db.execute(
                """
                UPDATE deletions SET remover = ?1, remover_at = ?2
                WHERE job = ?3 AND deleted_at = ?4
                    AND (remover IS NULL OR remover = ?1 OR remover_at IS NULL OR remover_at <= ?5)
                """, manager.sql, now.sql, deletion.jobName.sql, deletion.deletedAt.sql, (now - staleAfter).sql) == 1
        }
    }

    package func unclaimRemoval(of deletion: Deletion, by manager: ManagerID) async throws(StoreError) {
        _ = try await writer.run { db throws(StoreError) in
            try db.execute(
                "UPDATE deletions SET remover = NULL, remover_at = NULL WHERE job = ? AND remover = ?",
                deletion.jobName.sql, manager.sql)
        }
    }

    package func forgetDeletion(_ deletion: Deletion, by manager: ManagerID) async throws(StoreError) {
        _ = try await writer.run { db throws(StoreError) in
            try db.execute(
                "DELETE FROM deletions WHERE job = ? AND deleted_at = ? AND remover = ?", deletion.jobName.sql,
                deletion.deletedAt.sql, manager.sql)
        }
    }

    /// Marks those runs of a deleted job that are not ended or hold a slot, some thousands at most; gives the highest epoch
    /// among them, and whether all are marked.
    ///
    /// Before the first lock of a new job the runs with the epoch of an owner are the old job's as well, but for those that
    /// were asked for by hand since the deletion: an owner who has yet to notice it may have taken them up.
    static func retire(
        _ name: JobName, _ deletion: Deletion?, isBeforeFirstLock: Bool, _ db: SQLiteConnection
    ) throws(StoreError) -> (highest: Int64, isDone: Bool) {
        var highest: Int64 = 0
        var isDone = true
        for group in [
            "status IN ('pending', 'running', 'cancelling')", "trigger = 'schedule' AND scheduled_time IS NOT NULL",
        ] {
            let epochs = try db.rows(
                """
                UPDATE runs SET is_retired = 1 WHERE id IN (
                    SELECT id FROM runs
                    WHERE job = ?1 AND is_retired = 0 AND \(group)
                        AND (?2 AND lock_epoch >= 1 AND (?3 IS NULL OR trigger <> 'manual') OR created_time <= ?3
                            OR trigger = 'schedule' AND lock_epoch BETWEEN 1 AND ?4)
                    LIMIT ?5)
                RETURNING lock_epoch
                """, name.sql, isBeforeFirstLock.sql, (deletion?.deletedAt).sql, (deletion?.lockEpoch ?? 0).sql,
                mostRetired.sql
            ) { $0.int(0) }
            highest = max(highest, epochs.max() ?? 0)
            if epochs.count == mostRetired { isDone = false }
        }
        return (highest, isDone)
    }
}
