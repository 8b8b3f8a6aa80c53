// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared

/// Where the data of a file were moved, or are being moved.
package struct Promotion: Hashable, Sendable {
    /// Which copy of which file.
    package let copy: StoreCopy
    /// The database, without credentials.
    package let target: String
    /// When they became the other database's; `nil` = they are still this file's.
    package let promotedAt: Timestamp?
    /// Whether the other database was opened for Schedulers since.
    package let isDone: Bool

    /// What to tell who wants to work with the file.
    package var sentence: String {
        let way = "see \"Moving to MongoDB\" in docs/standalone.md for the way back"
        return isDone
            ? "these data were moved to the database \(target) on \(promotedAt?.rfc3339 ?? ""); work with that one (\(way))"
            : "these data are being moved to the database \(target); run promote once more to finish that (\(way))"
    }
}

/// Giving everything away.
extension RelationalStore {
    /// Where the data were moved, or are being moved; `nil` = nobody has moved them.
    package func promotion() async throws(StoreError) -> Promotion? {
        try await reader.run { db throws(StoreError) in try Self.promotion(db) }
    }

    /// Names the file, for its life.
    package func source() async throws(StoreError) -> Identifier {
        let source = try await reader.run { db throws(StoreError) in
            try db.first("SELECT source FROM promotion") { $0.id(0) }
        }
        guard let source else {
            throw StoreError(.rejected, "the database file does not say who it is; restore a backup")
        }
        return source
    }

    /// Refuses everything that would change the data from now on, as if the disk were full; for the rest of the store's life.
    package func freeze() {
        writer.refuse(StoreError(.unavailable, "the data are being moved to another database"))
    }

    /// Unlocks what a dead process has left locked, and gives the copy to begin or to go on with; the store must be frozen.
    package func beginCopy(to target: String) async throws(StoreError) -> StoreCopy {
        while try await !writer.run(
            evenIfRefused: true,
            { [self] db throws(StoreError) in
                try unlock(silentSince: .latest, db)
            }
        ).isEmpty {}
        let copy = try await writer.run(evenIfRefused: true) { db throws(StoreError) in
            try db.execute("UPDATE promotion SET copy = coalesce(copy, randomblob(12)), target = ?", target.sql)
            return try Self.promotion(db)?.copy
        }
        guard let copy else {
            throw StoreError(.rejected, "the database file does not say who it is; restore a backup")
        }
        return copy
    }

    /// The data are the other database's from now on: nothing is ever fired from this file again.
    package func markPromoted() async throws(StoreError) {
        _ = try await writer.run(evenIfRefused: true) { [self] db throws(StoreError) in
            try db.execute("UPDATE promotion SET promoted_at = coalesce(promoted_at, ?)", now().sql)
        }
    }

    /// The other database is open.
    package func markPromotionDone() async throws(StoreError) {
        _ = try await writer.run(evenIfRefused: true) { db throws(StoreError) in
            try db.execute("UPDATE promotion SET is_done = 1")
        }
    }

    /// Looks whether the file is whole; takes as long as reading everything.
    package func checkIsWhole() async throws(StoreError) {
        try await apart { db throws(StoreError) in
            guard try db.first("PRAGMA quick_check(1)", read: { $0.text(0) }) == "ok" else {
                throw StoreError(.rejected, "the database file is damaged; restore a backup")
            }
        }
    }

    /// What callback addresses are made with; `nil` = none was ever made.
    package func callbackKey() async throws(StoreError) -> CallbackKey? {
        try await reader.run { db throws(StoreError) in
            try db.first("SELECT key FROM callback_key") { CallbackKey(hex: $0.text(0)) }
        }
    }

    /// How many elements each part has.
    package func counts() async throws(StoreError) -> [StorePart: Int] {
        try await reader.run { db throws(StoreError) in
            var counts: [StorePart: Int] = [:]
            for part in StorePart.allCases {
                counts[part] = try db.first("SELECT count(*) FROM \(part.rawValue)") { Int($0.int(0)) } ?? 0
            }
            return counts
        }
    }

    /// The elements of a part from after a key on: at most a thousand, and some megabytes; none when there are no more.
    ///
    /// - Throws: `rejected` at one that cannot be understood as far as a copy must.
    package func batch(of part: StorePart, after key: String?) async throws(StoreError) -> StoreBatch {
        try await reader.run { db throws(StoreError) in
            switch part {
            case .deletions:
                .deletions(
                    try Self.elements(
                        "SELECT \(Self.deletionColumns) FROM deletions WHERE job > ? ORDER BY job", (key ?? "").sql, db
                    ) { row throws(StoreError) in Self.deletion(row) })
            case .claims:
                .claims(
                    try Self.elements(
                        """
                        SELECT key, job, body, run_id, is_done, created_at FROM claims WHERE key > ? ORDER BY key
                        """, (key ?? "").sql, db
                    ) { row throws(StoreError) in Self.claim(row) })
            case .runs:
                .runs(
                    try Self.elements(
                        "SELECT \(RunRow.columns) FROM runs WHERE id > ? ORDER BY id",
                        key.flatMap { Identifier(hex: $0) }.map { .id($0) } ?? .noBytes, db
                    ) { row throws(StoreError) in RunRow.read(row) })
            case .jobs:
                .jobs(
                    try Self.elements(
                        "SELECT \(JobRow.columns) FROM jobs WHERE name > ? ORDER BY name", (key ?? "").sql, db
                    ) { row throws(StoreError) in try Self.whole(JobRow(row), db) })
            }
        }
    }

    /// Whoever begins to work with the file may change it: then no copy that was begun is one any more.
    ///
    /// Gives where the data were moved, if they were.
    static func beginService(_ db: SQLiteConnection) throws(StoreError) -> Promotion? {
        guard let promotion = try promotion(db) else { return nil }
        if promotion.promotedAt != nil { return promotion }
        try db.execute("UPDATE promotion SET copy = NULL, target = NULL")
        return nil
    }

    /// Has the file work by itself again; nothing where it is from before there was a promotion.
    static func forgetPromotion(_ db: SQLiteConnection) throws(StoreError) {
        let isThere = try db.first("SELECT 1 FROM sqlite_schema WHERE name = 'promotion'") { _ in true }
        guard isThere == true else { return }
        try db.execute("UPDATE promotion SET copy = NULL, target = NULL, promoted_at = NULL, is_done = 0")
    }

    private static func promotion(_ db: SQLiteConnection) throws(StoreError) -> Promotion? {
        try db.first("SELECT source, copy, target, promoted_at, is_done FROM promotion") { row in
            guard let source = row.id(0), let copy = row.id(1) else { return nil }
            return Promotion(
                copy: StoreCopy(source: source, copy: copy), target: row.text(2), promotedAt: row.time(3),
                isDone: row.bool(4))
        }
    }

    private static func elements<Element>(
        _ sql: String, _ after: SQLValue, _ db: SQLiteConnection,
        read: (SQLiteStatement) throws(StoreError) -> Element?
    ) throws(StoreError) -> [Element] {
        var elements: [Element] = []
        var byteCount = 0
        try db.each(sql, [after]) { row throws(StoreError) in
            guard let element = try read(row) else {
                throw StoreError(.rejected, "a row of the database file cannot be understood; `check` names it")
            }
            elements.append(element)
            byteCount += row.byteCount
            return elements.count < 1_000 && byteCount < 4 << 20
        }
        return elements
    }

    private static func claim(_ row: SQLiteStatement) -> AgedClaim? {
        guard let job = try? JobName(row.text(1)), let run = row.id(3), let createdAt = row.time(5) else { return nil }
        return AgedClaim(
            IdempotencyClaim(key: row.text(0), jobName: job, body: row.text(2), runID: RunID(run), isDone: row.bool(4)),
            createdAt: createdAt)
    }

    private static func whole(_ row: JobRow, _ db: SQLiteConnection) throws(StoreError) -> WholeJob {
        guard !row.faults.contains(where: { $0.field == "definition" }) else {
            throw StoreError(
                .rejected, "the job \(EscapedText.bare(row.id)) is damaged: delete it, or restore a backup")
        }
        var job = WholeJob(id: row.id, fields: row.fields)
        (job.lockEpoch, job.edition, job.ownerLostAt, job.isNew) = (
            row.lockEpoch, row.edition, row.ownerLostAt, row.isNew
        )
        for (reason, count) in try db.rows(
            "SELECT reason, count FROM skip_counts WHERE job = ?", row.id.sql,
            read: {
                row in SkipReason(rawValue: row.text(0)).map { ($0, row.int(1)) }
            })
        {
            job.skipped[reason] = count
        }
        job.skips = try db.rows(
            "SELECT reason, first_slot, last_slot, count, decided_at FROM skips WHERE job = ? ORDER BY number",
            row.id.sql
        ) { row in
            guard let reason = SkipReason(rawValue: row.text(0)), let first = row.time(1), let last = row.time(2),
                let decidedAt = row.time(4)
            else { return nil }
            return SlotSkip(reason: reason, firstSlot: first, lastSlot: last, count: row.int(3), decidedAt: decidedAt)
        }
        return job
    }
}
