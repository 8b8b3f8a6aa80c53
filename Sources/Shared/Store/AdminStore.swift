// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// All that the API needs of its database.
///
/// No verb takes longer than some seconds, whatever the server does; then, and at once while ``probe()`` is known to fail,
/// it throws `unavailable`. Every verb may be repeated after an error.
package protocol AdminStore: JobCatalog, RunCatalog {
    /// Enforces the deadlines of all verbs until the task is cancelled; must run as long as the store is used.
    func enforceDeadlines() async

    /// Makes sure that the indexes of the API's queries are there.
    func prepare() async throws(StoreError)

    /// The server's clock; proves contact, and is the only verb that is tried while there is none.
    func probe() async throws(StoreError) -> Timestamp

    /// Ends the connections after the operations that run; every later verb is refused.
    func close() async

    /// The live Scheduler processes by the rule of leases, and how many jobs each holds, in the order of their ids.
    func managers(timeout: Duration) async throws(StoreError) -> [ManagerRecord]
}
