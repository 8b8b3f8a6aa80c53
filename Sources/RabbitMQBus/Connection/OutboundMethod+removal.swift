// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

extension OutboundMethod {
    /// What removes the objects of a job: what may refuse comes first, so that nothing else is gone then.
    static func removal(of job: JobName, ifEmpty: Bool) -> [OutboundMethod] {
        let action = Topology.actionQueue(of: job)
        let status = Topology.queue(of: job, .status)
        let heartbeat = Topology.queue(of: job, .heartbeat)
        return [
            .deleteQueue(name: status, ifEmpty: ifEmpty), .deleteQueue(name: heartbeat, ifEmpty: ifEmpty),
            .deleteQueue(name: action), .deleteExchange(name: action), .deleteExchange(name: status),
            .deleteExchange(name: heartbeat), .deleteExchange(name: Topology.exchange(of: job)),
        ]
    }
}
