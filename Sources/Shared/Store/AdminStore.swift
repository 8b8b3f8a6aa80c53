// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// All that the API needs of its database.
///
/// No verb takes longer than some seconds, whatever the server does; then, and at once while ``probe()`` is known to fail,
/// it throws `unavailable`. Every verb may be repeated after an error.
package protocol AdminStore: JobCatalog, RunCatalog, RunReports {
    /// Enforces the deadlines of all verbs until the task is cancelled; must run as long as the store is used.
    func enforceDeadlines() async

    /// Makes sure that everything is there that the API's queries rely on.
    func prepare() async throws(StoreError)

    /// The server's clock; proves contact, and is the only verb that is tried while there is none.
    func probe() async throws(StoreError) -> Timestamp

    /// Ends the connections after the operations that run; every later verb is refused.
    func close() async

    /// The live Scheduler processes by the rule of leases, and how many jobs each holds, in the order of their ids.
    func managers(timeout: Duration) async throws(StoreError) -> [ManagerRecord]
}

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
