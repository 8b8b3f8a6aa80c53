// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Core
import Shared
import Synchronization

/// A store that fails and finds dead owners when a test says so, and counts what it is asked.
final class ScriptedStore: Housekeeping & ServerClock {
    struct State {
        /// Thrown by every call while set.
        var error: StoreError?
        /// What the next calls return; then nothing.
        var batches: [[String]] = []
        /// What the next calls for pruning return; then nothing.
        var prunings: [PrunedRuns] = []
        /// What each search for dead owners was given.
        var limits: [Timestamp] = []
        /// The server's clock.
        var time = Timestamp(millisecondsSinceEpoch: 0)
        var contacts = 0
        /// Run inside of every call, to make it slow.
        var onCall: @Sendable () -> Void = {}
    }

    let state = Mutex(State())

    func unlockJobsOfDeadOwners(silentSince limit: Timestamp) async throws(StoreError) -> [String] {
        try call { state in
            state.limits.append(limit)
            return state.batches.isEmpty ? [] : state.batches.removeFirst()
        }
    }

    func pruneRuns(ofJobsAfter name: String?, limit: Int) async throws(StoreError) -> PrunedRuns {
        try call { state in state.prunings.isEmpty ? PrunedRuns(count: 0, position: nil) : state.prunings.removeFirst()
        }
    }

    func serverTime() async throws(StoreError) -> Timestamp {
        try call { state in
            state.contacts += 1
            return state.time
        }
    }

    private func call<Value: Sendable>(_ body: (inout sending State) -> Value) throws(StoreError) -> Value {
        state.withLock { $0.onCall }()
        if let error = state.withLock({ $0.error }) { throw error }
        return state.withLock { body(&$0) }
    }
}
