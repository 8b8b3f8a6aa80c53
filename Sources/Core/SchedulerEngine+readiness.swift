// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared

extension SchedulerEngine {
    /// How things stand, for `/readyz`, from what is known already.
    package func readiness() async -> [ReadinessCheck] {
        let isLeased = holdings.lease.isValid
        let bus = await bus.state()
        // Of a deleted job nobody waits for anything.
        let refused = bus.refused.keys.count { workers in
            switch workers {
            case .job(let name): holdings.table.job(name) != nil
            case .pool: true
            }
        }
        let unremoved = await remover.unremovedCount
        let flow = bus.blockedReason.map { "degraded: the broker takes no messages: \($0)" }
        let connection = environment.settings.hasBus ? "connected" : "there is none"
        return [
            ReadinessCheck(
                "database", isOK: isLeased, detail: isLeased ? "lease is valid" : "the lease cannot be renewed"),
            ReadinessCheck(
                "messagebus", isOK: bus.isConnected && bus.blockedReason == nil,
                detail: flow ?? (bus.isConnected ? connection : "not connected")),
            ReadinessCheck(
                "jobs", isOK: refused == 0,
                detail: jobs(refused: refused, unremoved: unremoved)),
        ]
    }

    private func jobs(refused: Int, unremoved: Int) -> String {
        var parts: [String] = []
        if refused > 0 { parts.append("the broker refuses the objects of \(refused) jobs or pools") }
        if unremoved > 0 { parts.append("degraded: what \(unremoved) deleted jobs have left cannot be removed") }
        return parts.isEmpty ? "\(holdings.table.count) held" : parts.joined(separator: "; ")
    }
}
