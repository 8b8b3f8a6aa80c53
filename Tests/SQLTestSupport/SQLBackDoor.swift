// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared
package import TestSupport

@testable package import SQLStore

/// The way around the ports, for the checks that every store passes.
package struct SQLBackDoor: StoreBackDoor {
    private let store: RelationalStore

    package init(store: RelationalStore) {
        self.store = store
    }

    package func put(_ job: KeptJob) async throws {
        let fields = JobRow.fields(of: job.job)
        try await store.writer.run { db throws(StoreError) in
            try db.execute("DELETE FROM jobs WHERE name = ?", job.job.name.sql)
            try db.execute(
                """
                INSERT INTO jobs (name, enabled, next_run_at, retention, definition, manager_id, lock_epoch,
                    owner_lost_at, is_new, edition)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                [job.job.name.sql] + JobRow.values(fields) + [
                    job.managerID.sql, job.lockEpoch.sql, job.ownerLostAt.sql, job.isNew.sql, job.edition.sql,
                ])
            try RelationalStore.setLabels(of: job.job.name, fields, db)
        }
    }

    package func put(_ runs: [Run]) async throws {
        try await store.writer.run { db throws(StoreError) in
            for run in runs {
                try db.execute("DELETE FROM runs WHERE id = ?", run.id.sql)
                guard try db.execute(RunRow.insertion, RunRow.values(run)) == 1 else {
                    throw StoreError(.rejected, "the slot of \(run.id) is taken")
                }
            }
        }
    }

    package func put(_ lease: KeptLease) async throws {
        _ = try await store.writer.run { db throws(StoreError) in
            try db.execute(
                "INSERT OR REPLACE INTO managers (id, hostname, heartbeat, is_expired) VALUES (?, ?, ?, ?)",
                lease.id.sql, lease.hostname.sql, lease.heartbeat.sql, lease.isExpired.sql)
        }
    }

    package func put(_ deletion: Deletion) async throws {
        _ = try await store.writer.run { db throws(StoreError) in
            try db.execute(
                """
                INSERT OR REPLACE INTO deletions (job, deleted_at, heartbeat_timeout, lock_epoch) VALUES (?, ?, ?, ?)
                """, deletion.jobName.sql, deletion.deletedAt.sql, deletion.heartbeatTimeout.sql,
                deletion.lockEpoch.sql)
        }
    }

    package func job(kept name: JobName) async throws -> KeptJob? {
        try await store.reader.run { db throws(StoreError) in
            guard let row = try RelationalStore.row(name, db), let job = row.job else { return nil }
            var kept = KeptJob(job)
            (kept.managerID, kept.lockEpoch, kept.ownerLostAt) = (row.managerID, row.lockEpoch, row.ownerLostAt)
            (kept.isNew, kept.edition) = (row.isNew, row.edition)
            let counts = try db.rows("SELECT reason, count FROM skip_counts WHERE job = ?", name.sql) { row in
                SkipReason(rawValue: row.text(0)).map { ($0, row.int(1)) }
            }
            kept.skipped = Dictionary(uniqueKeysWithValues: counts)
            kept.skips = try db.rows(
                """
                SELECT reason, first_slot, last_slot, count, decided_at FROM skips WHERE job = ? ORDER BY number
                """, name.sql
            ) { row in
                guard let reason = SkipReason(rawValue: row.text(0)), let first = row.time(1), let last = row.time(2),
                    let decided = row.time(4)
                else { return nil }
                return SlotSkip(
                    reason: reason, firstSlot: first, lastSlot: last, count: row.int(3), decidedAt: decided)
            }
            return kept
        }
    }

    package func lease(_ id: ManagerID) async throws -> KeptLease? {
        try await store.reader.run { db throws(StoreError) in
            try db.first("SELECT hostname, heartbeat, is_expired FROM managers WHERE id = ?", id.sql) { row in
                row.time(1).map {
                    KeptLease(id: id, hostname: row.text(0), heartbeat: $0, isExpired: row.bool(2))
                }
            }
        }
    }

    package func tombstone(of name: JobName) async throws -> Deletion? {
        try await store.deletions(of: [name]).first
    }
}
