// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// A row of `runs`.
enum RunRow {
    static let columns = ["id", "job"].joined(separator: ", ") + ", " + names

    static let insertion = """
        INSERT INTO runs (\(columns)) VALUES (?, ?\(String(repeating: ", ?", count: fields.count + 1)))
        ON CONFLICT DO NOTHING
        """

    /// One column and the property that it holds.
    struct Field: Sendable {
        let name: String
        let value: @Sendable (Run) -> SQLValue
        let isSame: @Sendable (Run, Run) -> Bool

        fileprivate init<Value: SQLConvertible & Equatable>(
            _ name: String, _ get: @escaping @Sendable (Run) -> Value
        ) {
            self.name = name
            value = { get($0).sql }
            isSame = { get($0) == get($1) }
        }
    }

    /// What an update may change: all columns but the key, the job and the revision.
    static let fields = [
        Field("status") { $0.status }, Field("created_time") { $0.createdTime }, Field("start_time") { $0.startTime },
        Field("end_time") { $0.endTime }, Field("heartbeat") { $0.heartbeat },
        Field("scheduled_time") { $0.scheduledTime }, Field("attempt") { $0.attempt },
        Field("trigger") { $0.trigger }, Field("payload") { $0.payload }, Field("progress") { $0.progress },
        Field("error") { $0.error }, Field("result") { $0.result }, Field("notes") { Notes(rows: $0.notes) },
        Field("attempts") { History(rows: $0.attempts) }, Field("is_waiting") { $0.isWaiting },
        Field("retry_at") { $0.retryAt }, Field("is_retired") { $0.isRetired },
        Field("published_at") { $0.publishedAt }, Field("cancelled_at") { $0.cancelledAt },
        Field("deadline") { $0.deadline }, Field("lock_epoch") { $0.lockEpoch },
        Field("is_by_http") { $0.isByHTTP }, Field("accepted") { $0.accepted?.json },
        Field("workers") { $0.workers?.storedText },
    ]

    private static let names = (fields.map(\.name) + ["revision"]).joined(separator: ", ")

    static func values(_ run: Run) -> [SQLValue] {
        [run.id.sql, run.jobName.sql] + fields.map { $0.value(run) } + [run.revision.sql]
    }

    /// A guarded update of one run, ready to be carried out.
    struct Write: Sendable {
        let update: RunUpdate
        /// A bit for each of ``fields``.
        let changed: UInt64
        let sql: String
        let values: [SQLValue]
    }

    /// A bit for each of ``fields`` that differs.
    static func changed(from before: Run, to after: Run) -> UInt64 {
        fields.indices.reduce(0) { fields[$1].isSame(before, after) ? $0 : $0 | 1 << $1 }
    }

    static func writes(_ updates: [RunUpdate]) -> [Write] {
        // One text for each set of columns; there are not many.
        var texts: [UInt64: String] = [:]
        return updates.map { update in
            let (before, after) = (update.before, update.after)
            let changed = changed(from: before, to: after)
            let places = fields.indices.filter { changed & 1 << $0 != 0 }
            let text =
                texts[changed]
                    ?? """
                    UPDATE runs SET \(places.map { fields[$0].name + " = ?, " }.joined())revision = revision + 1
                    WHERE id = ? AND status = ? AND attempt = ? AND revision = ?
                    """
            texts[changed] = text
            return Write(
                update: update, changed: changed,
                sql: update.mustBeUnpublished ? text + " AND published_at IS NULL" : text,
                values: places.map { fields[$0].value(after) }
                    + [before.id.sql, before.status.sql, before.attempt.sql, before.revision.sql])
        }
    }

    /// Reads a row of ``columns``; `nil` for what none of our programs writes.
    static func read(_ row: SQLiteStatement) -> Run? {
        guard let id = row.id(0), let job = try? JobName(row.text(1)), let status = RunStatus(rawValue: row.text(2)),
            let created = row.time(3), let trigger = RunTrigger(rawValue: row.text(9))
        else { return nil }
        var run = Run(
            id: RunID(id), jobName: job, createdTime: created, scheduledTime: row.time(7), trigger: trigger,
            isWaiting: row.bool(16), deadline: row.time(21), lockEpoch: row.int(22))
        run.status = status
        run.startTime = row.time(4)
        run.endTime = row.time(5)
        run.heartbeat = row.time(6)
        run.attempt = Int(row.int(8))
        run.payload = row.bytes(10).flatMap { StoredJSON.read($0) }
        run.progress = row.double(11)
        run.error = row.isNull(12) ? nil : row.text(12)
        run.result = row.bytes(13).flatMap { StoredJSON.read($0) }
        if let notes = row.bytes(14) { run.note(Notes(json: StoredJSON.read(notes)).rows) }
        if let attempts = row.bytes(15) { run.attempts = History(json: StoredJSON.read(attempts)).rows }
        run.retryAt = row.time(17)
        run.isRetired = row.bool(18)
        run.publishedAt = row.time(19)
        run.cancelledAt = row.time(20)
        run.isByHTTP = row.bool(23)
        if case .object(let seen)? = row.bytes(24).flatMap({ StoredJSON.read($0) }) {
            run.accepted = HTTPAttempt { seen[$0] }
        }
        run.workers = row.isNull(25) ? nil : WorkerAddress(stored: row.text(25), of: job)
        run.revision = row.int(26)
        return run
    }

    /// About how much memory the row takes.
    static func byteCount(_ row: SQLiteStatement) -> Int {
        200 + [10, 12, 13, 14, 15].reduce(0) { $0 + row.byteCount($1) }
    }
}

/// The notes of a run; NULL for none.
private struct Notes: SQLConvertible, Equatable {
    let rows: [String]

    init(rows: [String]) {
        self.rows = rows
    }

    init(json: JSONValue?) {
        guard case .array(let rows) = json else {
            self.rows = []
            return
        }
        self.rows = rows.compactMap { if case .string(let text) = $0 { text } else { nil } }
    }

    var sql: SQLValue { rows.isEmpty ? .null : JSONValue.array(rows.map { .string($0) }).sql }
}

/// The history of a run's attempts; NULL for none.
private struct History: SQLConvertible, Equatable {
    let rows: [RunAttempt]

    init(rows: [RunAttempt]) {
        self.rows = rows
    }

    init(json: JSONValue?) {
        guard case .array(let rows) = json else {
            self.rows = []
            return
        }
        self.rows = rows.compactMap { row in
            guard case .object(let fields) = row, case .int(let attempt) = fields["attempt"],
                case .string(let text) = fields["status"], let status = RunAttempt.Outcome(rawValue: text),
                case .int(let end) = fields["endTime"]
            else { return nil }
            var start: Timestamp?
            if case .int(let time) = fields["startTime"] { start = Timestamp(millisecondsSinceEpoch: time) }
            var error: String?
            if case .string(let text) = fields["error"] { error = text }
            var http: HTTPAttempt?
            if case .object(let seen) = fields["http"] { http = HTTPAttempt { seen[$0] } }
            return RunAttempt(
                attempt: Int(attempt), startTime: start, endTime: Timestamp(millisecondsSinceEpoch: end),
                status: status, error: error, http: http)
        }
    }

    var sql: SQLValue {
        if rows.isEmpty { return .null }
        var writer = JSONWriter(capacity: 128)
        writer.beginArray()
        for row in rows {
            writer.beginObject()
            writer.member("attempt", .int(Int64(row.attempt)))
            writer.member("endTime", .int(row.endTime.millisecondsSinceEpoch))
            writer.member("error", ifPresent: row.error.map { .string($0) })
            writer.member("http", ifPresent: row.http?.json)
            writer.member("startTime", ifPresent: row.startTime.map { .int($0.millisecondsSinceEpoch) })
            writer.member("status", .string(row.status.rawValue))
            writer.endObject()
        }
        writer.endArray()
        return .utf8(writer.bytes)
    }
}
