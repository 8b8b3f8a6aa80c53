// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared
import Synchronization

extension RelationalStore {
    /// How many new jobs whose names were used before a lock call takes, so that others need not wait for long.
    private static let mostUsedNames = 50

    package func unlockedJobs(after name: String?, limit: Int) async throws(StoreError) -> [StoredJob] {
        try await reader.run { db throws(StoreError) in
            try db.rows(
                "SELECT \(JobRow.columns) FROM jobs WHERE manager_id IS NULL AND name > ? ORDER BY name LIMIT ?",
                (name ?? "").sql, max(0, limit).sql
            ) { JobRow($0).stored }
        }
    }

    package func jobs(lockedBy manager: ManagerID) async throws(StoreError) -> [StoredJob] {
        try await writer.run { [self] db throws(StoreError) in
            // Rises when another program has written to the file.
            let version = try db.first("PRAGMA data_version") { $0.int(0) }
            let written = db.takeWrittenJobs()
            held.withLock { $0.note(written, version: version) }
        }
        // Begins after that, so it finds what was written until then.
        return try await reader.run { [self] db throws(StoreError) in
            let result: Result<[StoredJob], StoreError> = held.withLock { held in
                do throws(StoreError) { return .success(try held.read(of: manager, db)) } catch {
                    return .failure(error)
                }
            }
            return try result.get()
        }
    }

    package func jobs(named names: [JobName]) async throws(StoreError) -> [StoredJob] {
        guard !names.isEmpty else { return [] }
        return try await reader.run { db throws(StoreError) in
            try db.rows(
                """
                SELECT \(JobRow.columns) FROM jobs WHERE name IN (SELECT value FROM json_each(?)) ORDER BY name
                """, JSONValue.list(names).sql
            ) { JobRow($0).stored }
        }
    }

    package func lock(_ names: [JobName], for manager: ManagerID) async throws(StoreError) -> [OwnedJob] {
        guard !names.isEmpty else { return [] }
        return try await writer.run { db throws(StoreError) in
            var room = Self.mostUsedNames
            var locked: [OwnedJob] = []
            for name in Set(names).sorted() {
                guard let row = try Self.row(name, db) else { continue }
                if row.managerID == nil {
                    if row.isNew, try Self.isUsed(name, db) {
                        room -= 1
                        guard room >= 0, try Self.cutOff(name, db) else { continue }
                    }
                    try db.execute(
                        """
                        UPDATE jobs SET manager_id = ?, lock_epoch = lock_epoch + 1, is_new = 0,
                            was_lost = owner_lost_at IS NOT NULL, owner_lost_at = NULL
                        WHERE name = ?
                        """, manager.sql, name.sql)
                } else if row.managerID != manager {
                    continue
                }
                if let now = try Self.row(name, db), var owned = now.owned {
                    owned.wasTakenFromDeadOwner = now.wasLost
                    locked.append(owned)
                }
            }
            return locked
        }
    }

    package func disable(_ name: JobName, lockEpoch: Int64) async throws(StoreError) -> Bool {
        try await writer.run { db throws(StoreError) in
            try db.execute(
                "UPDATE jobs SET enabled = 0 WHERE name = ? AND enabled = 1 AND lock_epoch = ?", name.sql, lockEpoch.sql
            )
                > 0
        }
    }

    package func remove(_ jobs: [OwnedJob], onlyIfDone: Bool) async throws(StoreError) -> Set<JobName> {
        let condition = """
            AND next_run_at IS NULL AND NOT EXISTS (
                SELECT 1 FROM runs
                WHERE runs.job = jobs.name AND status IN ('pending', 'running', 'cancelling') AND is_retired = 0)
            """
        return try await writer.run { db throws(StoreError) in
            var removed: Set<JobName> = []
            for owned in jobs {
                let name = owned.job.name
                let count = try db.execute(
                    "DELETE FROM jobs WHERE name = ? AND lock_epoch = ? \(onlyIfDone ? condition : "")",
                    name.sql, owned.lockEpoch.sql)
                guard count > 0 else { continue }
                try db.execute("DELETE FROM claims WHERE job = ?", name.sql)
                removed.insert(name)
            }
            return removed
        }
    }

    static func row(_ name: JobName, _ db: SQLiteConnection) throws(StoreError) -> JobRow? {
        try db.first("SELECT \(JobRow.columns) FROM jobs WHERE name = ?", name.sql) { JobRow($0) }
    }

    /// Whether there was a job of the name before, as far as anything is left of it.
    private static func isUsed(_ name: JobName, _ db: SQLiteConnection) throws(StoreError) -> Bool {
        try db.first(
            "SELECT 1 WHERE EXISTS (SELECT 1 FROM deletions WHERE job = ?1) OR EXISTS (SELECT 1 FROM runs WHERE job = ?1)",
            name.sql
        ) { _ in true } ?? false
    }

    /// Cuts off from a new job, before its first lock, what an earlier one of the name has left; gives whether that is all done.
    private static func cutOff(_ name: JobName, _ db: SQLiteConnection) throws(StoreError) -> Bool {
        let deletion = try db.first("SELECT \(deletionColumns) FROM deletions WHERE job = ?", name.sql) {
            Self.deletion($0)
        }
        let (highest, isDone) = try retire(name, deletion, isBeforeFirstLock: true, db)
        try db.execute(
            "UPDATE jobs SET lock_epoch = max(lock_epoch, ?) WHERE name = ?",
            (max(highest, deletion?.lockEpoch ?? 0) + 1).sql, name.sql)
        return isDone
    }
}
