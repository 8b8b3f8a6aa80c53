// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared

extension RelationalStore {
    /// How many jobs one step of pruning looks at.
    private static let jobsPerStep = 100

    package func pruneRuns(ofJobsAfter name: String?, limit: Int) async throws(StoreError) -> PrunedRuns {
        try await writer.run { [self] db throws(StoreError) in
            let now = now()
            let jobs = try db.rows(
                """
                SELECT name, retention, next_run_at FROM jobs WHERE retention > 0 AND name > ? ORDER BY name LIMIT ?
                """, (name ?? "").sql, Self.jobsPerStep.sql
            ) { ($0.text(0), Duration.milliseconds($0.int(1)), $0.time(2)) }
            var count = 0
            for (job, retention, nextRunAt) in jobs where count < limit {
                count += try db.execute(
                    """
                    DELETE FROM runs WHERE id IN (
                        SELECT id FROM runs
                        WHERE job = ?1 AND end_time IS NOT NULL AND end_time <= ?2
                            AND status IN ('cancelled', 'failed', 'completed')
                            AND (scheduled_time IS NULL OR ?3 IS NULL OR scheduled_time < ?3)
                        LIMIT ?4)
                    """, job.sql, (now - retention).sql, nextRunAt.sql, (limit - count).sql)
            }
            if count >= limit { return PrunedRuns(count: count, position: name ?? "") }
            return PrunedRuns(count: count, position: jobs.count < Self.jobsPerStep ? nil : jobs.last?.0)
        }
    }
}
