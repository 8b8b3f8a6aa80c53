// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import ServiceHost
import Shared

extension SchedulerEngine {
    /// How things stand, for `/readyz`, from what is known already.
    package func readiness() async -> [ReadinessCheck] {
        let isLeased = context.lease.isValid
        let bus = await context.bus.state()
        let flow = bus.blockedReason.map { "degraded: the broker takes no messages: \($0)" }
        return [
            ReadinessCheck(
                "database", isOK: isLeased, detail: isLeased ? "lease is valid" : "the lease cannot be renewed"),
            ReadinessCheck(
                "messagebus", isOK: bus.isConnected && bus.blockedReason == nil,
                detail: flow ?? (bus.isConnected ? "connected" : "not connected")),
            ReadinessCheck(
                "jobs", isOK: bus.refusedJobs.isEmpty,
                detail: bus.refusedJobs.isEmpty
                    ? "\(context.table.count) held"
                    : "the broker refuses the objects of \(bus.refusedJobs.count) jobs"),
        ]
    }
}
