// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared

extension RelationalStore {
    package func markPublished(_ marks: [PublishedMark]) async throws(StoreError) {
        guard !marks.isEmpty else { return }
        try await writer.run { db throws(StoreError) in
            for mark in marks {
                let isCalledFor =
                    switch mark.action {
                    case .run: "status = 'pending' AND retry_at IS NULL"
                    case .cancel: "status = 'cancelling'"
                    }
                try db.execute(
                    """
                    UPDATE runs SET published_at = ?, deadline = ?
                    WHERE id = ? AND attempt = ? AND published_at IS NULL AND is_waiting = 0 AND \(isCalledFor)
                    """, mark.publishedAt.sql, mark.deadline.sql, mark.id.sql, mark.attempt.sql)
            }
        }
    }

    package func update(_ updates: [RunUpdate]) async throws(StoreError) -> [RunUpdateOutcome] {
        guard !updates.isEmpty else { return [] }
        // Put together here, for the one thread that writes is what everybody waits for.
        let writes = RunRow.writes(updates)
        return try await writer.run { db throws(StoreError) in
            var outcomes: [RunUpdateOutcome] = []
            for write in writes {
                do throws(StoreError) {
                    outcomes.append(try Self.apply(write, db))
                } catch {
                    if db.hasFailed { throw error }
                    outcomes.append(.rejected(error.description))
                }
            }
            return outcomes
        }
    }

    private static func apply(_ write: RunRow.Write, _ db: SQLiteConnection) throws(StoreError) -> RunUpdateOutcome {
        if try db.execute(write.sql, write.values) == 1 { return .applied }
        let (before, after) = (write.update.before, write.update.after)
        guard let stored = try run(before.id, db), stored.revision == before.revision + 1,
            stored.status == after.status, stored.attempt == after.attempt,
            RunRow.changed(from: stored, to: after) & write.changed == 0
        else { return .conflict }
        return .applied
    }

    static func run(_ id: RunID, _ db: SQLiteConnection) throws(StoreError) -> Run? {
        try db.first("SELECT \(RunRow.columns) FROM runs WHERE id = ?", id.sql) { RunRow.read($0) }
    }

    package func runs(_ ids: [RunID]) async throws(StoreError) -> [Run] {
        guard !ids.isEmpty else { return [] }
        return try await reader.run { db throws(StoreError) in
            var runs: [Run] = []
            for id in Set(ids).sorted() {
                if let run = try Self.run(id, db) { runs.append(run) }
            }
            return runs
        }
    }

    package func callbackKey(orElse fresh: CallbackKey) async throws(StoreError) -> CallbackKey {
        try await writer.run { db throws(StoreError) in
            let stored = try db.first("SELECT key FROM callback_key") { CallbackKey(hex: $0.text(0)) }
            if let stored { return stored }
            try db.execute("DELETE FROM callback_key")
            try db.execute("INSERT INTO callback_key (key) VALUES (?)", fresh.hex.secretText.sql)
            return fresh
        }
    }

    package func dueRuns(notAfter time: Timestamp, after: Run?, limit: Int) async throws(StoreError) -> [Run] {
        try await reader.run { db throws(StoreError) in
            let position: (SQLValue, SQLValue) =
                if let after, let deadline = after.deadline {
                    (deadline.sql, after.id.sql)
                } else {
                    (.int(.min), .noBytes)
                }
            return try db.rows(
                """
                SELECT \(RunRow.columns) FROM runs
                WHERE deadline IS NOT NULL AND deadline <= ? AND (deadline, id) > (?, ?)
                ORDER BY deadline, id LIMIT ?
                """, time.sql, position.0, position.1, max(0, limit).sql
            ) { RunRow.read($0) }
        }
    }

    package func unsettledRuns(of jobs: [JobName], after: RunID?, limit: Int) async throws(StoreError) -> [Run] {
        try await openRuns(
            of: jobs, after, limit,
            where: "AND (is_waiting = 0 OR is_retired = 1) AND (deadline IS NULL OR published_at IS NULL)")
    }

    package func activeRuns(of jobs: [JobName], after: RunID?, limit: Int) async throws(StoreError) -> [Run] {
        try await openRuns(of: jobs, after, limit, where: "")
    }

    package func poolsInUse() async throws(StoreError) -> Set<PoolName> {
        try await reader.run { db throws(StoreError) in
            // From name to name in the index.
            let names = try db.rows(
                """
                WITH RECURSIVE pool (name) AS (
                    SELECT min(workers) FROM runs
                    WHERE workers > '' AND status IN ('pending', 'running', 'cancelling')
                    UNION ALL
                    SELECT (
                        SELECT min(workers) FROM runs
                        WHERE workers > pool.name AND workers > '' AND status IN ('pending', 'running', 'cancelling')
                    ) FROM pool WHERE pool.name IS NOT NULL
                )
                SELECT name FROM pool WHERE name IS NOT NULL
                """
            ) { try? PoolName($0.text(0)) }
            return Set(names)
        }
    }

    package func jobsWithOwnWorkers(among jobs: [JobName]) async throws(StoreError) -> Set<JobName> {
        guard !jobs.isEmpty else { return [] }
        return try await reader.run { db throws(StoreError) in
            let names = try db.rows(
                """
                SELECT DISTINCT job FROM runs
                WHERE job IN (SELECT value FROM json_each(?)) AND status IN ('pending', 'running', 'cancelling')
                    AND (workers = '' OR workers IS NULL AND published_at IS NOT NULL AND is_by_http = 0)
                """, JSONValue.list(jobs).sql
            ) { try? JobName($0.text(0)) }
            return Set(names)
        }
    }

    private func openRuns(
        of jobs: [JobName], _ after: RunID?, _ limit: Int, where condition: String
    ) async throws(StoreError) -> [Run] {
        guard !jobs.isEmpty else { return [] }
        return try await reader.run { db throws(StoreError) in
            try db.rows(
                """
                SELECT \(RunRow.columns) FROM runs
                WHERE job IN (SELECT value FROM json_each(?)) AND status IN ('pending', 'running', 'cancelling')
                    AND id > ? \(condition)
                ORDER BY id LIMIT ?
                """, JSONValue.list(jobs).sql, after?.sql ?? .noBytes, max(0, limit).sql
            ) { RunRow.read($0) }
        }
    }
}
