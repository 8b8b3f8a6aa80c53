// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared

extension RelationalStore {
    /// The most jobs that one call unlocks.
    private static let mostUnlocks = 2_000

    package func register(_ manager: ManagerID, hostname: String) async throws(StoreError) {
        try await writer.run { [self] db throws(StoreError) in
            let made = try db.execute(
                """
                INSERT INTO managers (id, hostname, heartbeat, is_expired) VALUES (?1, ?2, ?3, 0)
                ON CONFLICT (id) DO UPDATE SET hostname = ?2, heartbeat = ?3 WHERE is_expired = 0
                """, manager.sql, hostname.sql, now().sql)
            guard made == 1 else {
                throw StoreError(.rejected, "the lease of \(manager) was expired; its id must not be used again")
            }
        }
    }

    package func renew(_ manager: ManagerID) async throws(StoreError) -> Bool {
        try await writer.run { [self] db throws(StoreError) in
            try db.execute(
                "UPDATE managers SET heartbeat = ? WHERE id = ? AND is_expired = 0", now().sql, manager.sql) == 1
        }
    }

    package func release(_ manager: ManagerID) async throws(StoreError) -> Int {
        try await writer.run { db throws(StoreError) in
            let count = try db.execute("UPDATE jobs SET manager_id = NULL WHERE manager_id = ?", manager.sql)
            try db.execute("DELETE FROM managers WHERE id = ?", manager.sql)
            return count
        }
    }

    package func unlockJobsOfDeadOwners(silentSince limit: Timestamp) async throws(StoreError) -> [String] {
        try await writer.run { [self] db throws(StoreError) in try unlock(silentSince: limit, db) }
    }

    func unlock(silentSince limit: Timestamp, _ db: SQLiteConnection) throws(StoreError) -> [String] {
        try db.execute("UPDATE managers SET is_expired = 1 WHERE is_expired = 0 AND heartbeat <= ?", limit.sql)
        var names: [String] = []
        for owner in try Self.owners(db) where names.count < Self.mostUnlocks {
            let lives = try db.first("SELECT 1 FROM managers WHERE id = ? AND is_expired = 0", owner.sql) { _ in true }
            if lives == true { continue }
            names += try db.rows(
                """
                UPDATE jobs SET manager_id = NULL, owner_lost_at = ?
                WHERE name IN (SELECT name FROM jobs WHERE manager_id = ? LIMIT ?) RETURNING name
                """, now().sql, owner.sql, (Self.mostUnlocks - names.count).sql
            ) { $0.text(0) }
        }
        try db.execute(
            """
            DELETE FROM managers WHERE is_expired = 1
                AND NOT EXISTS (SELECT 1 FROM jobs WHERE manager_id = managers.id)
            """)
        return names
    }

    /// Everybody who holds a job: one look into the index for each of them, not for each job.
    private static func owners(_ db: SQLiteConnection) throws(StoreError) -> [ManagerID] {
        var owners: [ManagerID] = []
        while let next = try db.first(
            "SELECT min(manager_id) FROM jobs WHERE manager_id > ?", owners.last?.sql ?? .noBytes, read: { $0.id(0) })
        {
            owners.append(ManagerID(next))
        }
        return owners
    }

    package func managers(timeout: Duration) async throws(StoreError) -> [ManagerRecord] {
        try await lists.run { [self] db throws(StoreError) in
            try db.rows(
                """
                SELECT id, hostname, heartbeat, (SELECT count(*) FROM jobs WHERE manager_id = managers.id)
                FROM managers WHERE is_expired = 0 AND heartbeat > ? ORDER BY id
                """, (now() - timeout).sql
            ) { row in
                row.id(0).map {
                    ManagerRecord(
                        id: ManagerID($0), hostname: row.text(1), heartbeat: row.time(2), jobs: Int(row.int(3)))
                }
            }
        }
    }
}
