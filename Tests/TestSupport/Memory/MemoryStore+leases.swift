// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared

extension MemoryStore {
    package func prepare() async throws(StoreError) {}

    package func serverTime() async throws(StoreError) -> Timestamp {
        access { _, now in now }
    }

    package func register(_ manager: ManagerID, hostname: String) async throws(StoreError) {
        let isRefused = access { state, now in
            if state.managers[manager]?.isExpired == true { return true }
            state.put(KeptLease(id: manager, hostname: hostname, heartbeat: now))
            return false
        }
        if isRefused {
            throw StoreError(.rejected, "the lease of \(manager) was expired; its id must not be used again")
        }
    }

    package func renew(_ manager: ManagerID) async throws(StoreError) -> Bool {
        access { state, now in
            guard var lease = state.managers[manager], !lease.isExpired else { return false }
            lease.heartbeat = now
            state.put(lease)
            return true
        }
    }

    package func release(_ manager: ManagerID) async throws(StoreError) -> Int {
        access { state, _ in
            let held = state.jobsInOrder.filter { $0.managerID == manager }
            for var job in held {
                job.managerID = nil
                state.put(job)
            }
            if let lease = state.managers[manager] { state.remove(lease) }
            return held.count
        }
    }

    package func unlockJobsOfDeadOwners(silentSince limit: Timestamp) async throws(StoreError) -> [String] {
        access { state, now in
            for var lease in state.managersInOrder where !lease.isExpired {
                guard lease.heartbeat <= limit else { continue }
                lease.isExpired = true
                state.put(lease)
            }
            var names: [String] = []
            for var job in state.jobsInOrder where names.count < 2000 {
                guard let owner = job.managerID else { continue }
                if let lease = state.managers[owner], !lease.isExpired { continue }
                job.managerID = nil
                job.ownerLostAt = now
                state.put(job)
                names.append(job.id)
            }
            for lease in state.managersInOrder where lease.isExpired {
                if !state.jobs.values.contains(where: { $0.managerID == lease.id }) { state.remove(lease) }
            }
            return names
        }
    }
}

extension MemoryStoreState {
    var jobsInOrder: [KeptJob] {
        jobs.values.sorted { $0.id.utf8.lexicographicallyPrecedes($1.id.utf8) }
    }

    var managersInOrder: [KeptLease] {
        managers.values.sorted { $0.id < $1.id }
    }
}
