// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// The removal of one job's objects, method by method, since the broker may close the channel over each.
///
/// It works alike for every type of queue, whatever the virtual host's default is: it looks into the inbound queues, and goes
/// on only when nothing waits there; removes the exchanges, so that nothing more is routed to them; looks once more; then
/// removes the queues. What is not there counts as removed.
struct JobRemoval {
    /// The method that is next, or whose answer is awaited; `nil` when all is done.
    var method: OutboundMethod? { steps.first }
    /// How many messages went with the inbound queues: they came after the second look, not through an exchange.
    private(set) var lost = 0

    private var steps: ArraySlice<OutboundMethod>

    init(of name: JobName) {
        let job = WorkerAddress.job(name)
        let action = Topology.actionQueue(of: job)
        let inbound = [Delivery.Kind.status, .heartbeat].map { Topology.queue(of: job, $0) }
        let look = inbound.map { OutboundMethod.lookAtQueue(name: $0) }
        let exchanges = ([Topology.exchange(of: job), action] + inbound).map { OutboundMethod.deleteExchange(name: $0) }
        let queues = (inbound + [action]).map { OutboundMethod.deleteQueue(name: $0) }
        steps = (look + exchanges + look + queues)[...]
    }

    /// The broker did what it was asked; gives the outcome when that ends the removal.
    mutating func replied(messages: UInt32) -> ReleaseOutcome? {
        switch steps.popFirst() {
        case .lookAtQueue where messages > 0: return .reportsWaiting
        // The action queue is the last: what waits there goes with it.
        case .deleteQueue where !steps.isEmpty: lost += Int(messages)
        default: break
        }
        return steps.isEmpty ? .released : nil
    }

    /// The broker closed the channel over the method; gives the outcome when that ends the removal.
    mutating func refused(_ close: ChannelClose) -> ReleaseOutcome? {
        close.code == 404 ? replied(messages: 0) : .refused(close.text)
    }
}
