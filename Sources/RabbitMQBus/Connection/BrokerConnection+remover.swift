// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

extension BrokerConnection where Role == RemoverRole {
    /// Removes the objects of a job, over a connection that is made for it when there is none, and waits for the outcome.
    func remove(_ job: JobName, within limit: Duration) async -> RemovalOutcome {
        await withCheckedContinuation { continuation in
            role.remove(RemovalRequest(job: job, deadline: .now + limit) { continuation.resume(returning: $0) })
            start()
        }
    }
}
