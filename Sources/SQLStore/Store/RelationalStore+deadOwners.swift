// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared

extension RelationalStore {
    /// The most jobs that one call unlocks.
    private static let mostUnlocks = 2_000

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
}
