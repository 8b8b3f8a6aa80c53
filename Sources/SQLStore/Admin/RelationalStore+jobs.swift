// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared

extension RelationalStore {
    package func create(_ job: Job) async throws(StoreError) -> Bool {
        let fields = JobRow.fields(of: job)
        return try await writer.run { db throws(StoreError) in
            let made = try db.execute(
                """
                INSERT INTO jobs (name, enabled, next_run_at, retention, definition, is_new) VALUES (?, ?, ?, ?, ?, 1)
                ON CONFLICT DO NOTHING
                """, [job.name.sql] + JobRow.values(fields))
            if made == 1 { try Self.setLabels(of: job.name, fields, db) }
            return made == 1
        }
    }

    package func job(named name: JobName, withFields: Bool) async throws(StoreError) -> JobRecord? {
        try await lists.run { db throws(StoreError) in try Self.row(name, db)?.record(withFields: withFields) }
    }

    package func jobs(
        after name: JobName?, labels: [String: String], limit: Int
    ) async throws(StoreError) -> Page<JobRecord> {
        try await lists.run { db throws(StoreError) in
            let wanted = labels.sorted { $0.key < $1.key }
            let after = (name?.text ?? "").sql
            var room = PageRoom(limit: limit)
            var records: [JobRecord] = []
            func take(_ row: SQLiteStatement) -> Bool {
                guard let record = JobRow(row).record(withFields: false), record.job != nil else { return true }
                records.append(record)
                room.take(row.byteCount(3))
                return !room.isFull
            }
            if let first = wanted.first {
                let others = JSONValue.object(
                    Dictionary(uniqueKeysWithValues: wanted.dropFirst().map { ($0.key, .string($0.value)) }))
                try db.each(
                    """
                    SELECT \(JobRow.columns) FROM labels CROSS JOIN jobs ON jobs.name = labels.job
                    WHERE labels.key = ? AND labels.value = ? AND labels.job > ? AND NOT EXISTS (
                        SELECT 1 FROM json_each(?) AS other WHERE NOT EXISTS (
                            SELECT 1 FROM labels AS mine
                            WHERE mine.key = other.key AND mine.value = other.value AND mine.job = jobs.name))
                    ORDER BY labels.job
                    """, [first.key.sql, first.value.sql, after, others.sql]
                ) { row throws(StoreError) in take(row) }
            } else {
                try db.each(
                    "SELECT \(JobRow.columns) FROM jobs WHERE name > ? ORDER BY name", [after]
                ) { row throws(StoreError) in take(row) }
            }
            return room.page(records)
        }
    }

    package func apply(_ edit: JobEdit) async throws(StoreError) -> Bool {
        try await writer.run { [self] db throws(StoreError) in
            let name = edit.before.name
            guard let stored = try Self.row(name, db), stored.edition == edit.before.edition,
                edit.until.map({ now() < $0 }) ?? true,
                edit.guarded.allSatisfy({ Self.isSame(stored.fields[$0], edit.before.fields[$0]) })
            else { return false }
            let after = JobRow.fields(of: edit.after)
            var fields = stored.fields
            for field in edit.changed { fields[field] = after[field] }
            try db.execute(
                """
                UPDATE jobs SET enabled = ?, next_run_at = ?, retention = ?, definition = ?, edition = edition + 1
                WHERE name = ?
                """, JobRow.values(fields) + [name.sql])
            if edit.changed.contains("labels") { try Self.setLabels(of: name, fields, db) }
            try Self.record(edit.skips, of: name, db)
            return true
        }
    }

    package func delete(_ name: JobName, expected: JobRecord?) async throws(StoreError) -> JobDeletion {
        try await writer.run { [self] db throws(StoreError) in
            guard let stored = try Self.row(name, db) else { return .missing }
            if let expected, expected.edition != stored.edition { return .conflict }
            try db.execute(
                """
                INSERT INTO deletions (job, deleted_at, heartbeat_timeout, lock_epoch) VALUES (?1, ?2, ?3, ?4)
                ON CONFLICT (job) DO UPDATE
                    SET deleted_at = ?2, heartbeat_timeout = ?3, lock_epoch = max(lock_epoch, ?4)
                """, name.sql, now().sql, (stored.job?.heartbeatTimeout ?? .zero).sql, stored.lockEpoch.sql)
            try db.execute("DELETE FROM jobs WHERE name = ?", name.sql)
            try db.execute("DELETE FROM claims WHERE job = ?", name.sql)
            return .deleted
        }
    }

    static func setLabels(
        of name: JobName, _ fields: [String: FieldValue], _ db: SQLiteConnection
    ) throws(StoreError) {
        try db.execute("DELETE FROM labels WHERE job = ?", name.sql)
        try db.execute(
            "INSERT INTO labels (key, value, job) SELECT key, value, ?1 FROM json_each(?2) WHERE type = 'text'",
            name.sql, JobRow.labels(fields).sql)
    }

    private static func isSame(_ left: FieldValue?, _ right: FieldValue?) -> Bool {
        switch (left, right) {
        case (nil, nil): true
        case (.date(let left)?, .date(let right)?): left == right
        case (.json(let left)?, .json(let right)?): left == right
        default: false
        }
    }
}
