// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// The jobs of an owner as they were read last, so that the next read is one of what was written since: an owner looks at all
/// of his jobs every few seconds, and nearly all of them are as they were.
struct HeldJobs: Sendable {
    /// With more rows than these to look at, all are read.
    private static let mostSingleRows = 2_000

    private var manager: ManagerID?
    private var version: Int64?
    private var written: Set<Int64> = []
    private var isComplete = false
    /// In ascending order, as the next two.
    private var rows: [Int64] = []
    private var hashes: [Int] = []
    private var jobs: [StoredJob] = []

    /// Takes in which rows were written since the last call, and the file's version, which rises when others write to it.
    mutating func note(_ written: Set<Int64>, version: Int64?) {
        if version != self.version { isComplete = false }
        self.version = version
        self.written.formUnion(written)
    }

    /// The jobs of the manager as they are in the transaction that is open.
    mutating func read(of manager: ManagerID, _ db: SQLiteConnection) throws(StoreError) -> [StoredJob] {
        let isKnown = isComplete && self.manager == manager && written.count <= Self.mostSingleRows
        // Until it is done.
        isComplete = false
        if isKnown { try readWritten(of: manager, db) } else { try readAll(of: manager, db) }
        (self.manager, written, isComplete) = (manager, [], true)
        return jobs
    }

    private mutating func readWritten(of manager: ManagerID, _ db: SQLiteConnection) throws(StoreError) {
        for number in written.sorted() {
            let place = place(of: number)
            let isHeld = place < rows.count && rows[place] == number
            let entry = try db.first(
                "SELECT \(JobRow.columns) FROM jobs WHERE rowid = ? AND manager_id = ?", number.sql, manager.sql
            ) { row in Self.entry(row, known: isHeld ? (hashes[place], jobs[place]) : nil) }
            switch (entry, isHeld) {
            case (let entry?, true): (hashes[place], jobs[place]) = entry
            case (let entry?, false):
                rows.insert(number, at: place)
                hashes.insert(entry.hash, at: place)
                jobs.insert(entry.job, at: place)
            case (nil, true):
                rows.remove(at: place)
                hashes.remove(at: place)
                jobs.remove(at: place)
            case (nil, false): break
            }
        }
    }

    private mutating func readAll(of manager: ManagerID, _ db: SQLiteConnection) throws(StoreError) {
        let before = self
        (rows, hashes, jobs) = ([], [], [])
        var place = 0
        try db.each(
            "SELECT \(JobRow.columns), rowid FROM jobs WHERE manager_id = ? ORDER BY rowid", [manager.sql]
        ) { row throws(StoreError) in
            let number = row.int(10)
            while place < before.rows.count, before.rows[place] < number { place += 1 }
            let isKnown = place < before.rows.count && before.rows[place] == number
            let entry = Self.entry(row, known: isKnown ? (before.hashes[place], before.jobs[place]) : nil)
            rows.append(number)
            hashes.append(entry.hash)
            jobs.append(entry.job)
            return true
        }
    }

    /// Reads a row; reading a definition costs far more than comparing it with the one before.
    private static func entry(
        _ row: SQLiteStatement, known: (hash: Int, job: StoredJob)?
    ) -> (hash: Int, job: StoredJob) {
        let hash = row.hash(0, 3)
        return (hash, JobRow(row, known: known?.hash == hash ? known?.job.job : nil).stored)
    }

    /// The first place whose row is not before `number`.
    private func place(of number: Int64) -> Int {
        var (low, high) = (0, rows.count)
        while low < high {
            let middle = (low + high) / 2
            if rows[middle] < number { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
