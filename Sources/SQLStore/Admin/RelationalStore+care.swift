// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Glibc
package import Shared

/// What an operator asks for.
extension RelationalStore {
    /// Copies everything, as it is at one moment, into a new file (mode 0600), while the store is at work.
    ///
    /// The file is complete, and safe from a power cut, when it appears under its name.
    /// - Throws: `rejected` where there is a file of that name that is not to be replaced, or it cannot be made; `unavailable`
    ///   when the disk is full.
    package func backup(to target: String, replacing: Bool = false) async throws(StoreError) {
        let draft = target + ".partial"
        guard unsafe replacing || access(target, F_OK) != 0 else {
            throw StoreError(.rejected, "\(target) is there already")
        }
        try await apart { db throws(StoreError) in
            unsafe unlink(draft)
            let file = unsafe open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
            guard file >= 0 else { throw StoreError(.rejected, "\(draft) cannot be made: \(SQLiteFile.reason())") }
            Glibc.close(file)
            do throws(StoreError) {
                let copy = try SQLiteConnection(draft, .writing)
                try db.copy(to: copy)
                // One file, which needs no others beside it.
                try copy.run(script: "PRAGMA journal_mode = DELETE")
            } catch {
                unsafe unlink(draft)
                throw error
            }
            guard unsafe rename(draft, target) == 0 else {
                let reason = SQLiteFile.reason()
                unsafe unlink(draft)
                throw StoreError(.rejected, "\(target) cannot be made: \(reason)")
            }
            DataFolder.sync(DataFolder.name(of: target))
        }
    }

    /// Puts a copy of a backup (mode 0600) in the place of a database that no process has.
    ///
    /// The backup is looked through before anything changes. Where it says that its data were moved elsewhere, the copy does
    /// not: it goes on here.
    /// - Throws: ``UnusableDatabase`` with what to do; the old database, if any, is as it was then.
    package static func restore(
        from backup: String, to path: String, replacing: Bool = false
    ) throws(UnusableDatabase) {
        let folder = try DataFolder(of: path)
        defer { withExtendedLifetime(folder) {} }
        guard unsafe replacing || access(path, F_OK) != 0 else {
            throw UnusableDatabase("\(path) is there already; --force replaces it")
        }
        try SQLiteFile.checkHeader(backup, newest: Schema.migrations.count)
        let draft = path + ".new"
        for name in [draft, draft + "-journal"] { unsafe unlink(name) }
        let file = unsafe open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw UnusableDatabase("\(draft) cannot be made: \(SQLiteFile.reason())") }
        Glibc.close(file)
        do throws(StoreError) {
            let copy = try SQLiteConnection(draft, .writing)
            try SQLiteConnection(backup, .reading).copy(to: copy)
            try copy.run(script: "PRAGMA journal_mode = DELETE")
            let fault = try copy.first("PRAGMA integrity_check(1)") { $0.text(0) }
            guard fault == "ok" else { throw StoreError(.rejected, "the backup is damaged; use another one") }
            try forgetPromotion(copy)
        } catch {
            unsafe unlink(draft)
            throw SQLiteFile.refusal(error, backup)
        }
        // Beside another database these would be taken for its last transactions. Those of the old one go into it first, so
        // that it is whole until the copy takes its place; one that is damaged has none to keep.
        if let old = try? SQLiteConnection(path, .writing) {
            _ = try? old.run(script: "PRAGMA wal_checkpoint(TRUNCATE)")
        }
        for name in [path + "-wal", path + "-shm"] { unsafe unlink(name) }
        guard unsafe rename(draft, path) == 0 else {
            let reason = SQLiteFile.reason()
            unsafe unlink(draft)
            throw UnusableDatabase("\(path) cannot be made: \(reason)")
        }
        DataFolder.sync(DataFolder.name(of: path))
    }

    /// What is wrong with the file or with what is in it, one sentence each, at most some hundreds; takes as long as reading
    /// everything.
    package func integrityCheck() async throws(StoreError) -> [String] {
        try await apart { db throws(StoreError) in
            var faults = try db.rows("PRAGMA integrity_check(100)") { row in
                let text = row.text(0)
                return text == "ok" ? nil : "the file: \(text)"
            }
            faults += try db.rows("PRAGMA foreign_key_check") { row in
                "\(row.text(0)): a row belongs to a job that is not there"
            }
            faults += try db.rows(
                """
                SELECT job, scheduled_time, count(*) FROM runs
                WHERE trigger = 'schedule' AND is_retired = 0 AND scheduled_time IS NOT NULL
                GROUP BY job, scheduled_time HAVING count(*) > 1 LIMIT 100
                """
            ) { row in
                "job \(row.text(0)): the slot \(row.time(1)?.rfc3339 ?? "") has \(row.int(2)) runs"
            }
            faults += try db.rows("SELECT \(JobRow.columns) FROM jobs") { row in
                let job = JobRow(row)
                return job.faults.isEmpty
                    ? nil : "job \(EscapedText.bare(job.id)): \(job.faults.map(\.description).joined(separator: "; "))"
            }.prefix(100)
            var unreadable = 0
            try db.each("SELECT \(RunRow.columns) FROM runs", []) { row throws(StoreError) in
                if RunRow.read(row) == nil { unreadable += 1 }
                return true
            }
            if unreadable > 0 { faults.append("\(unreadable) runs cannot be understood") }
            return faults
        }
    }

    /// Works with a connection and a queue of its own, so that it holds up nobody.
    func apart<Value: Sendable>(
        _ work: @escaping @Sendable (SQLiteConnection) throws(StoreError) -> Value
    ) async throws(StoreError) -> Value {
        let apart = SQLiteReader(try SQLiteConnection(path, .reading), name: "sqlite-care")
        let result: Result<Value, StoreError>
        do throws(StoreError) { result = .success(try await apart.run(work)) } catch { result = .failure(error) }
        await apart.close()
        return try result.get()
    }
}
