// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared
import Synchronization

/// Everything in one SQLite file, for one process: each verb is one transaction, and what it did is on the disk when it returns.
///
/// One connection writes; the transactions of concurrent callers are gathered. Two others read, one for the Scheduler and one
/// for lists, so that a long list holds nobody up. The server's clock is this machine's; when that is set back it stands
/// still until it is reached again, for a slot is never fired twice. Safe from any task. ``close()`` must be called at the end.
package final class RelationalStore: SchedulerStore, Housekeeping, AdminStore {
    let writer: SQLiteWriter
    /// For what a Scheduler reads.
    let reader: SQLiteReader
    /// For what people read.
    let lists: SQLiteReader
    /// The file.
    package let path: String
    let held = Mutex(HeldJobs())
    private let folder: Mutex<DataFolder?>
    private let localTime: @Sendable () -> Timestamp
    private let latest = Mutex(Timestamp.earliest)

    /// Takes the folder of the file for this process, makes the file or brings it to the newest version, and opens it.
    ///
    /// Blocks for some milliseconds, longer where a file of an older version is large. `isForCare` is for who only looks after
    /// the data: they may have been moved elsewhere then.
    /// - Throws: ``UnusableDatabase``: somebody has the folder, or the file is not ours, damaged, of a newer version, moved
    ///   elsewhere, or out of reach. It is as it was then.
    package convenience init(
        path: String, isForCare: Bool = false, now: @escaping @Sendable () -> Timestamp = { SystemClock().now() }
    ) throws(UnusableDatabase) {
        try self.init(path: path, isForCare: isForCare, migrations: Schema.migrations, now: now)
    }

    init(
        path: String, isForCare: Bool = false, migrations: [String],
        now: @escaping @Sendable () -> Timestamp = { SystemClock().now() }
    ) throws(UnusableDatabase) {
        self.path = path
        localTime = now
        folder = Mutex(try DataFolder(of: path))
        let file = try SQLiteFile(path, migrations: migrations)
        let moved: Promotion?
        do throws(StoreError) {
            let writing = try SQLiteConnection(path, .writing)
            // Stays with the file; and makes the files beside it that readers need.
            try writing.run(
                script: "PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 2000; SELECT 1 FROM runs LIMIT 1")
            moved = isForCare ? nil : try Self.beginService(writing)
            writer = SQLiteWriter(writing, of: file)
            reader = SQLiteReader(try SQLiteConnection(path, .reading), name: "sqlite-reader")
            lists = SQLiteReader(try SQLiteConnection(path, .reading), name: "sqlite-lists")
        } catch {
            throw SQLiteFile.refusal(error, path)
        }
        if let moved { throw UnusableDatabase(moved.sentence) }
    }

    package func prepare() async throws(StoreError) {}

    /// Ends the connections after what was asked for, and gives the folder back; every later verb is refused.
    ///
    /// What stood in files beside the database is in it then. A second call does nothing.
    package func close() async {
        await reader.close()
        await lists.close()
        await writer.close()
        folder.withLock { $0 = nil }
    }

    /// This machine's clock, which never goes back.
    func now() -> Timestamp {
        let time = localTime()
        return latest.withLock { latest in
            latest = max(latest, time)
            return latest
        }
    }

    package func serverTime() async throws(StoreError) -> Timestamp { now() }

    /// Nothing: a file has no verb that waits for an answer.
    package func enforceDeadlines() async {}

    /// While writes fail it tries one, so that it tells when the disk has room again.
    package func probe() async throws(StoreError) -> Timestamp {
        if writer.lastFailure != nil {
            _ = try await writer.run { db throws(StoreError) in
                // Writes the first page, without a change.
                let version = try db.first("PRAGMA user_version") { $0.int(0) } ?? 0
                try db.run(script: "PRAGMA user_version = \(version)")
            }
        }
        return try await lists.run { [self] db throws(StoreError) in
            _ = try db.first("SELECT 1 FROM managers LIMIT 1") { $0.int(0) }
            return now()
        }
    }
}
