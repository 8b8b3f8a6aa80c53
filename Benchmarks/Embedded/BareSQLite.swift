// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import CSQLite
import Shared

/// SQLite without our store, as fast as it goes: one connection, kept statements, values bound.
final class BareSQLite {
    private let pointer: OpaquePointer

    /// Opens a file that a store has made, with the store's care for the disk.
    init(_ path: String) throws {
        var opened: OpaquePointer?
        let code = sqlite3_open_v2(path, &opened, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nil)
        guard code == SQLITE_OK, let opened else { throw BenchmarkFailure("\(path) cannot be opened: \(code)") }
        pointer = opened
        sqlite3_busy_timeout(pointer, 5_000)
        try run("PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON")
    }

    deinit { sqlite3_close_v2(pointer) }

    func run(_ script: String) throws {
        guard sqlite3_exec(pointer, script, nil, nil, nil) == SQLITE_OK else { throw failure() }
    }

    /// The first value of the first row; 0 for none.
    func number(_ sql: String) throws -> Int {
        let statement = try Statement(sql, self)
        return try statement.step() ? Int(sqlite3_column_int64(statement.pointer, 0)) : 0
    }

    private func failure() -> BenchmarkFailure {
        BenchmarkFailure("SQLite: \(String(cString: sqlite3_errmsg(pointer)))")
    }

    /// A prepared statement, which must not outlive its connection.
    final class Statement {
        fileprivate let pointer: OpaquePointer
        private let connection: BareSQLite

        init(_ sql: String, _ connection: BareSQLite) throws {
            var made: OpaquePointer?
            let code = sqlite3_prepare_v3(connection.pointer, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &made, nil)
            guard code == SQLITE_OK, let made else { throw connection.failure() }
            pointer = made
            self.connection = connection
        }

        deinit { sqlite3_finalize(pointer) }

        /// Carries it out once; the values in the order of its parameters, what is left out is NULL.
        func run(_ values: [Value]) throws {
            for (index, value) in values.enumerated() {
                let place = Int32(index + 1)
                switch value {
                case .null: break
                case .int(let number): sqlite3_bind_int64(pointer, place, number)
                case .text(var text):
                    _ = text.withUTF8 { simple_scheduler_bind_text(pointer, place, $0.baseAddress, Int32($0.count)) }
                case .id(let id):
                    _ = withUnsafeBytes(of: (id.high.bigEndian, id.low.bigEndian)) {
                        simple_scheduler_bind_blob(pointer, place, $0.baseAddress, 12)
                    }
                }
            }
            while try step() {}
            sqlite3_reset(pointer)
            sqlite3_clear_bindings(pointer)
        }

        fileprivate func step() throws -> Bool {
            switch sqlite3_step(pointer) {
            case SQLITE_ROW: return true
            case SQLITE_DONE: return false
            default: throw connection.failure()
            }
        }
    }

    enum Value {
        case null
        case int(Int64)
        case text(String)
        case id(Identifier)
    }
}

/// What the store writes for a run that leaves by HTTP, statement by statement.
final class BareRuns {
    private let file: BareSQLite
    private let advance: BareSQLite.Statement
    private let insert: BareSQLite.Statement
    private let end: BareSQLite.Statement

    init(_ file: BareSQLite) throws {
        self.file = file
        advance = try BareSQLite.Statement(
            """
            UPDATE jobs SET next_run_at = ?1, edition = coalesce(?2, edition)
            WHERE name = ?3 AND manager_id = ?4 AND lock_epoch = ?5 AND next_run_at IS ?6
                AND (edition = ?7 OR ?7 IS NULL) AND (enabled = 1 OR ?2 IS NOT NULL)
            """, file)
        insert = try BareSQLite.Statement(
            """
            INSERT INTO runs (id, job, status, created_time, start_time, end_time, heartbeat, scheduled_time, attempt,
                trigger, payload, progress, error, result, notes, attempts, is_waiting, retry_at, is_retired,
                published_at, cancelled_at, deadline, lock_epoch, is_by_http, revision)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1, 'schedule', ?, ?, ?, ?, ?, ?, 0, ?, 0, ?, ?, ?, 1, ?, ?)
            ON CONFLICT DO NOTHING
            """, file)
        end = try BareSQLite.Statement(
            """
            UPDATE runs SET status = ?, start_time = ?, end_time = ?, heartbeat = ?, attempts = ?, deadline = ?,
                is_by_http = 1, revision = revision + 1
            WHERE id = ? AND status = 'pending' AND attempt = 1 AND revision = 0
            """, file)
    }

    func transaction(_ work: () throws -> Void) throws {
        try file.run("BEGIN IMMEDIATE")
        try work()
        try file.run("COMMIT")
    }

    func advance(_ job: JobName, of owner: Identifier, epoch: Int, from slot: Timestamp, to next: Timestamp) throws {
        try advance.run([
            .int(next.millisecondsSinceEpoch), .null, .text(job.text), .id(owner), .int(Int64(epoch)),
            .int(slot.millisecondsSinceEpoch), .int(0),
        ])
    }

    func insertPending(_ id: Identifier, _ job: JobName, slot: Timestamp) throws {
        let time = slot.millisecondsSinceEpoch
        try insert.run(
            [.id(id), .text(job.text), .text("pending"), .int(time), .null, .null, .null, .int(time)]
                + [BareSQLite.Value](repeating: .null, count: 9) + [.int(time + 30_000), .int(0), .int(0)])
    }

    func complete(_ id: Identifier, at time: Timestamp) throws {
        let moment = BareSQLite.Value.int(time.millisecondsSinceEpoch)
        let attempt = #"[{"attempt":1,"endTime":\#(time.millisecondsSinceEpoch),"status":"completed"}]"#
        try end.run([.text("completed"), moment, moment, moment, .text(attempt), .null, .id(id)])
    }

    /// A run of the past; one without an end is running.
    func insertPast(_ id: Identifier, _ job: JobName, _ status: String, slot: Timestamp, end: Timestamp?) throws {
        let time = slot.millisecondsSinceEpoch
        let attempt = end.map {
            #"[{"attempt":1,"endTime":\#($0.millisecondsSinceEpoch),"startTime":\#(time),"status":"\#(status)"}]"#
        }
        try insert.run([
            .id(id), .text(job.text), .text(status), .int(time), .int(time),
            end.map { .int($0.millisecondsSinceEpoch) } ?? .null, .int(time), .int(time), .null, .null, .null, .null,
            .null, attempt.map { .text($0) } ?? .null, .null, .null, .null, .null, .int(1), .int(1),
        ])
    }
}
