// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import CSQLite
import Glibc
import Shared

/// One connection to the file, used by one thread at a time.
@safe final class SQLiteConnection {
    /// What a connection may do.
    enum Access {
        case reading, writing
    }

    /// Statements are made of few shapes; more than these are not worth their memory.
    private static let mostStatements = 256

    private let pointer: OpaquePointer
    private var statements: [String: SQLiteStatement] = [:]
    /// Whether the disk or the file failed, not the statement: then a transaction must not be committed.
    ///
    /// Reset by whoever looks after the transaction.
    var hasFailed = false
    /// The rows (`rowid`) of `jobs` that were written over this connection since they were taken; some may be gone.
    private var writtenJobs: Set<Int64> = []

    /// Opens a file that is there; nothing of it is read yet.
    init(_ path: String, _ access: Access) throws(StoreError) {
        var opened: OpaquePointer?
        let flags = access == .reading ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE
        // NOMUTEX: one thread at a time is our own promise.
        let code = unsafe sqlite3_open_v2(path, &opened, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nil)
        guard let opened = unsafe opened else { throw StoreError(.unavailable, "no memory for a database connection") }
        unsafe pointer = opened
        if code != SQLITE_OK {
            let error = failure(code, "opening the database")
            unsafe sqlite3_close_v2(opened)
            throw error
        }
        unsafe sqlite3_busy_timeout(pointer, 1_000)
        // What stands in the schema of a file from elsewhere is not carried out.
        try run(script: "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA temp_store = MEMORY")
        if access == .writing {
            try run(script: "PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 67108864")
            // Called on the thread of the statement, which has this connection.
            unsafe sqlite3_update_hook(
                pointer,
                { connection, _, _, table, row in
                    guard let connection = unsafe connection, let table = unsafe table,
                        unsafe strcmp(table, "jobs") == 0
                    else { return }
                    unsafe Unmanaged<SQLiteConnection>.fromOpaque(connection).takeUnretainedValue().writtenJobs
                        .insert(row)
                }, Unmanaged.passUnretained(self).toOpaque())
        }
    }

    deinit {
        statements = [:]
        unsafe sqlite3_close_v2(pointer)
    }

    func takeWrittenJobs() -> Set<Int64> {
        defer { writtenJobs = [] }
        return writtenJobs
    }

    /// Whether no transaction is open.
    var isIdle: Bool { unsafe sqlite3_get_autocommit(pointer) != 0 }

    /// Carries out statements without parameters that are needed once.
    func run(script: String) throws(StoreError) {
        let code = unsafe sqlite3_exec(pointer, script, nil, nil, nil)
        guard code == SQLITE_OK else { throw failure(code, "preparing the database") }
    }

    /// Carries out a statement; gives how many rows it inserted, changed or deleted.
    @discardableResult
    func execute(_ sql: String, _ values: SQLValue...) throws(StoreError) -> Int {
        try execute(sql, values)
    }

    @discardableResult
    func execute(_ sql: String, _ values: [SQLValue]) throws(StoreError) -> Int {
        try each(sql, values) { _ throws(StoreError) in true }
        return Int(unsafe sqlite3_changes(pointer))
    }

    /// The rows that `read` takes.
    func rows<Row>(
        _ sql: String, _ values: SQLValue..., read: (SQLiteStatement) throws(StoreError) -> Row?
    ) throws(StoreError) -> [Row] {
        var rows: [Row] = []
        try each(sql, values) { row throws(StoreError) in
            if let row = try read(row) { rows.append(row) }
            return true
        }
        return rows
    }

    /// The first row, if there is any that `read` takes.
    func first<Row>(_ sql: String, _ values: SQLValue..., read: (SQLiteStatement) -> Row?) throws(StoreError) -> Row? {
        var first: Row?
        try each(sql, values) { row throws(StoreError) in
            first = read(row)
            return false
        }
        return first
    }

    /// Gives each row to `body` while it wants more; `body` must not use the same statement.
    func each(
        _ sql: String, _ values: [SQLValue], _ body: (SQLiteStatement) throws(StoreError) -> Bool
    ) throws(StoreError) {
        let statement = try prepared(sql)
        defer { statement.reset() }
        var code = statement.bind(values)
        guard code == SQLITE_OK else { throw failure(code, "binding values") }
        while true {
            code = statement.step()
            switch code {
            case SQLITE_ROW: if try !body(statement) { return }
            case SQLITE_DONE: return
            default: throw failure(code, "the database")
            }
        }
    }

    private func prepared(_ sql: String) throws(StoreError) -> SQLiteStatement {
        if let known = statements[sql] { return known }
        var statement: OpaquePointer?
        let code = unsafe sqlite3_prepare_v3(pointer, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &statement, nil)
        guard code == SQLITE_OK, let statement = unsafe statement else { throw failure(code, "preparing a statement") }
        if statements.count >= Self.mostStatements { statements = [:] }
        let made = unsafe SQLiteStatement(statement)
        statements[sql] = made
        return made
    }

    /// Copies everything into an empty file, as it is at one moment, while others go on.
    func copy(to target: SQLiteConnection) throws(StoreError) {
        guard let backup = unsafe sqlite3_backup_init(target.pointer, "main", pointer, "main") else {
            throw target.failure(unsafe sqlite3_extended_errcode(target.pointer), "beginning the copy")
        }
        let step = unsafe sqlite3_backup_step(backup, -1)
        let code = unsafe sqlite3_backup_finish(backup)
        guard step == SQLITE_DONE, code == SQLITE_OK else {
            throw failure(code == SQLITE_OK ? step : code, "copying the database")
        }
    }

    /// Sorts an error by what the caller can do about it.
    private func failure(_ code: Int32, _ operation: String) -> StoreError {
        // Names of columns and files at most, never a value.
        let words = unsafe String(cString: sqlite3_errmsg(pointer))
        let (kind, advice): (StoreError.Code, String)
        switch code & 0xff {
        case SQLITE_FULL: (kind, advice) = (.unavailable, "the disk is full; make room")
        case SQLITE_BUSY, SQLITE_LOCKED: (kind, advice) = (.unavailable, "another program holds the database file")
        case SQLITE_IOERR: (kind, advice) = (.unavailable, "the database file cannot be read or written")
        case SQLITE_READONLY, SQLITE_PERM: (kind, advice) = (.unavailable, "the database file cannot be written")
        case SQLITE_CANTOPEN: (kind, advice) = (.unavailable, "the database file cannot be opened")
        case SQLITE_NOMEM, SQLITE_INTERRUPT, SQLITE_PROTOCOL: (kind, advice) = (.unavailable, operation)
        case SQLITE_CORRUPT, SQLITE_NOTADB:
            (kind, advice) = (.rejected, "the database file is damaged; restore a backup")
        default: return StoreError(.rejected, "\(operation): \(words) (SQLite code \(code))")
        }
        hasFailed = true
        return StoreError(kind, "\(advice): \(words) (SQLite code \(code))")
    }
}
