// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared

extension RelationalStore {
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
