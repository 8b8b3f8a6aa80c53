// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// A live Scheduler process.
package struct ManagerRecord: Hashable, Sendable {
    /// The id under which it locks jobs.
    package let id: ManagerID
    /// Where it runs.
    package let hostname: String
    /// Its last sign of life by the database's clock.
    package let heartbeat: Timestamp?
    /// How many jobs it holds.
    package let jobs: Int

    package init(id: ManagerID, hostname: String, heartbeat: Timestamp?, jobs: Int) {
        self.id = id
        self.hostname = hostname
        self.heartbeat = heartbeat
        self.jobs = jobs
    }
}
