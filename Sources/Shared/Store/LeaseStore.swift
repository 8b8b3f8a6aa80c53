// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// The lives of Scheduler processes in the store.
///
/// One lease per process stands for all the jobs that it holds.
///
/// All times are the database server's; a caller never sends its own. Every verb may be repeated after an error.
package protocol LeaseStore: Sendable {
    /// The server's clock now, in whole milliseconds cut downwards (`hello.localTime` in MongoDB).
    func serverTime() async throws(StoreError) -> Timestamp

    /// Makes the lease of a new process: fresh from this moment on. A second call with the same id renews it.
    func register(_ manager: ManagerID, hostname: String) async throws(StoreError)

    /// Renews the lease.
    ///
    /// - Returns: `false` when there is no such lease, or when it was expired by a Custodian: then every job of this
    ///   process is lost, and the id must never be used again.
    func renew(_ manager: ManagerID) async throws(StoreError) -> Bool

    /// Unlocks everything that the process holds and forgets its lease: the end of a clean stop.
    ///
    /// - Returns: how many jobs were unlocked.
    func release(_ manager: ManagerID) async throws(StoreError) -> Int
}
