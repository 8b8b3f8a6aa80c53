// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// All that a Scheduler needs of its database.
package protocol SchedulerStore: Ownership, SlotLedger, RunLedger, Tombstones {
    /// Makes sure that everything is there that the verbs rely on; above all, what keeps a slot from having two runs.
    ///
    /// To be called before anything is fired. Safe to call again, and by several processes at once.
    func prepare() async throws(StoreError)

    /// Ends what the store has open after the operations that run; every later verb is refused. Nothing, by default.
    func close() async
}

extension SchedulerStore {
    package func close() async {}
}
