// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Glibc
import Shared

/// The database file: opened only when it is surely ours, whole, and of a version that this program knows.
///
/// Nothing is written to a file that is refused. A new one is made under another name and takes its place when it is whole.
struct SQLiteFile: Sendable {
    /// "SSch" in ASCII, at offset 68 of each of our files (sqlite.org/fileformat.html).
    static let applicationID: UInt32 = 0x5353_6368
    /// Files up to this size are looked through at each start, which takes some tens of milliseconds.
    private static let checkedSize = 8 << 20

    let path: String
    private let device: UInt64
    private let inode: UInt64

    /// Finds the file or makes it, and brings it to the newest version.
    init(_ path: String, migrations: [String]) throws(UnusableDatabase) {
        self.path = path
        if try Self.size(of: path) == nil { try Self.make(path, migrations) }
        let size = try Self.size(of: path) ?? 0
        try Self.checkHeader(path, newest: migrations.count)
        let version: Int
        do throws(StoreError) {
            version = try Self.check(path, size: size)
            if version < migrations.count { try Self.migrate(path, from: version, migrations) }
        } catch {
            throw Self.refusal(error, path)
        }
        guard version <= migrations.count else { throw Self.newer(path, version) }
        guard let identity = Self.identity(path) else { throw UnusableDatabase("\(path) is gone; start again") }
        (device, inode) = identity
    }

    /// That the file at the path is still the one that is open: what is written to a file that was moved away, or deleted, is
    /// lost.
    func checkIsInPlace() throws(StoreError) {
        guard let identity = Self.identity(path), identity == (device, inode) else {
            throw StoreError(.unavailable, "the database file was moved or deleted; put it back or start again")
        }
    }

    private static func identity(_ path: String) -> (UInt64, UInt64)? {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return nil }
        return (UInt64(status.st_dev), UInt64(status.st_ino))
    }

    /// `nil` = there is none, or an empty one that holds nothing.
    private static func size(of path: String) throws(UnusableDatabase) -> Int? {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else {
            if errno == ENOENT { return nil }
            throw UnusableDatabase("\(path) cannot be looked at: \(reason()); choose another place for the data")
        }
        switch status.st_mode & S_IFMT {
        case S_IFREG: break
        case S_IFDIR: throw UnusableDatabase("\(path) is a folder; name the file in it")
        default: throw UnusableDatabase("\(path) is no file; name another one")
        }
        guard unsafe access(path, R_OK) == 0 else {
            throw UnusableDatabase("\(path) cannot be read: \(reason()); give this user the right to")
        }
        guard unsafe access(path, W_OK) == 0 else {
            throw UnusableDatabase("\(path) cannot be written: \(reason()); give this user the right to")
        }
        return status.st_size == 0 ? nil : Int(status.st_size)
    }

    /// Looks at the header without SQLite, which would make files beside a database that is not ours.
    static func checkHeader(_ path: String, newest: Int) throws(UnusableDatabase) {
        var header = [UInt8](repeating: 0, count: 100)
        let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw UnusableDatabase("\(path) cannot be read: \(reason())") }
        let count = unsafe header.withUnsafeMutableBytes { unsafe read(file, $0.baseAddress, 100) }
        close(file)
        guard count == 100, header.starts(with: "SQLite format 3\0".utf8) else {
            throw UnusableDatabase("\(path) is no database; move it away, or name another file")
        }
        func number(at offset: Int) -> UInt32 { header[offset..<offset + 4].reduce(0) { $0 << 8 | UInt32($1) } }
        guard number(at: 68) == applicationID else {
            throw UnusableDatabase("\(path) is another program's database; name another file")
        }
        guard number(at: 60) <= newest else { throw newer(path, Int(number(at: 60))) }
    }

    /// Looks into it with a connection that cannot write; gives its version.
    private static func check(_ path: String, size: Int) throws(StoreError) -> Int {
        // A journal is there when a process died while it turned a new or restored file to WAL: only who may write can take
        // that back (SQLITE_READONLY_ROLLBACK).
        let wasInterrupted = unsafe access(path + "-journal", F_OK) == 0
        let connection = try SQLiteConnection(path, wasInterrupted ? .writing : .reading)
        let version = try connection.first("PRAGMA user_version") { Int($0.int(0)) } ?? 0
        if size <= checkedSize {
            let fault = try connection.first("PRAGMA quick_check(1)") { $0.text(0) }
            guard fault == "ok" else { throw StoreError(.rejected, damage) }
        }
        return version
    }

    private static let damage = "the database file is damaged; restore a backup"

    /// Makes a whole database beside the path and puts it there.
    private static func make(_ path: String, _ migrations: [String]) throws(UnusableDatabase) {
        // It would be taken for the last transactions of the new file.
        guard unsafe access(path + "-wal", F_OK) != 0 else {
            throw UnusableDatabase(
                "\(path) is gone, but \(path)-wal, which belongs to it, is there; put the file back, or move that away to begin anew"
            )
        }
        let draft = path + ".new"
        unsafe unlink(draft)
        unsafe unlink(draft + "-journal")
        let file = unsafe open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw UnusableDatabase("\(draft) cannot be made: \(reason()); choose another place") }
        close(file)
        do throws(StoreError) {
            try migrate(draft, from: 0, migrations)
        } catch {
            unsafe unlink(draft)
            throw refusal(error, path)
        }
        guard unsafe rename(draft, path) == 0 else {
            throw UnusableDatabase("\(path) cannot be made: \(reason()); choose another place")
        }
        DataFolder.sync(DataFolder.name(of: path))
    }

    /// All steps in one transaction.
    private static func migrate(_ path: String, from version: Int, _ migrations: [String]) throws(StoreError) {
        let connection = try SQLiteConnection(path, .writing)
        let steps = migrations[version...].joined(separator: "\n")
        do throws(StoreError) {
            try connection.run(
                script: """
                    BEGIN IMMEDIATE;
                    \(steps)
                    PRAGMA application_id = \(applicationID);
                    PRAGMA user_version = \(migrations.count);
                    COMMIT;
                    """)
        } catch {
            if !connection.isIdle { _ = try? connection.execute("ROLLBACK") }
            throw error
        }
    }

    private static func newer(_ path: String, _ version: Int) -> UnusableDatabase {
        UnusableDatabase("\(path) was written by a newer version of this program (schema \(version)); update this one")
    }

    static func refusal(_ error: StoreError, _ path: String) -> UnusableDatabase {
        UnusableDatabase("\(path): \(error.description)", mayPass: error.isRetriable)
    }

    static func reason() -> String { unsafe String(cString: strerror(errno)) }
}
