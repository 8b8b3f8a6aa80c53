// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared

extension RelationalStore {
    package func claim(_ claim: IdempotencyClaim) async throws(StoreError) -> IdempotencyClaim {
        try await writer.run { [self] db throws(StoreError) in
            let now = now()
            try db.execute("DELETE FROM claims WHERE created_at <= ?", (now - .seconds(86_400)).sql)
            try db.execute(
                """
                INSERT INTO claims (key, job, body, run_id, is_done, created_at) VALUES (?, ?, ?, ?, 0, ?)
                ON CONFLICT DO NOTHING
                """, claim.key.sql, claim.jobName.sql, claim.body.sql, claim.runID.sql, now.sql)
            let standing = try db.first("SELECT body, run_id, is_done FROM claims WHERE key = ?", claim.key.sql) {
                row in
                row.id(1).map {
                    IdempotencyClaim(
                        key: claim.key, jobName: claim.jobName, body: row.text(0), runID: RunID($0), isDone: row.bool(2)
                    )
                }
            }
            return standing ?? claim
        }
    }

    package func settle(_ claim: IdempotencyClaim) async throws(StoreError) {
        _ = try await writer.run { db throws(StoreError) in
            try db.execute("UPDATE claims SET is_done = 1 WHERE key = ?", claim.key.sql)
        }
    }
}
