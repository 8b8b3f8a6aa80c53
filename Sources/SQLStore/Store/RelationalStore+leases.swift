// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared

extension RelationalStore {
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
}
