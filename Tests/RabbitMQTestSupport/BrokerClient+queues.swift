// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import CRabbitMQ
import Glibc
import RabbitMQBus
package import Shared

extension BrokerClient {
    /// How many messages wait in a queue and how many consumers it has.
    package struct QueueState: Sendable {
        /// Ready, not counting what was delivered and not acknowledged.
        package let messages: Int
        /// Consumers.
        package let consumers: Int
    }

    /// Looks at the status and heartbeat queues of these jobs or pools, pipelined, by declaring them as they are; those that are
    /// missing are made.
    ///
    /// Not on a connection that consumes.
    package func inboundQueues(of jobs: [WorkerAddress], _ type: QueueType) throws(BusError) -> [QueueState] {
        var states: [QueueState] = []
        for start in stride(from: 0, to: jobs.count, by: 250) {
            let part = jobs[start..<min(start + 250, jobs.count)]
            states += try Self.unwrap { () throws(LinkError) in
                for job in part {
                    for kind in [Delivery.Kind.status, .heartbeat] {
                        let name = Topology.queue(of: job, kind)
                        try link.send(.declareQueue(name: name, quorum: type == .quorum), channel: 1)
                    }
                }
                return try (0..<(2 * part.count)).map { _ throws(LinkError) in try declaredState() }
            }
        }
        return states
    }

    /// The broker's name and version.
    package var serverVersion: String {
        guard let table = unsafe amqp_get_server_properties(link.state) else { return "unknown" }
        let entries = unsafe UnsafeBufferPointer(start: table.pointee.entries, count: Int(table.pointee.num_entries))
        let version = unsafe entries.first { entry in unsafe Self.text(entry.key) == "version" }
        return unsafe version.map { entry in unsafe Self.text(entry.value.value.bytes) } ?? "unknown"
    }

    private static func text(_ bytes: amqp_bytes_t) -> String {
        unsafe String(decoding: UnsafeRawBufferPointer(start: bytes.bytes, count: bytes.len), as: UTF8.self)
    }

    private func declaredState() throws(LinkError) -> QueueState {
        while true {
            var frame = unsafe amqp_frame_t()
            var limit = timeval(tv_sec: 20, tv_usec: 0)
            try BrokerLink.check(unsafe amqp_simple_wait_frame_noblock(link.state, &frame, &limit))
            defer { unsafe amqp_maybe_release_buffers_on_channel(link.state, frame.channel) }
            guard unsafe Int32(frame.frame_type) == AMQP_FRAME_METHOD else { continue }
            guard unsafe frame.payload.method.id == AMQP_QUEUE_DECLARE_OK_METHOD,
                let decoded = unsafe frame.payload.method.decoded
            else { throw LinkError(reason: "the broker refuses to tell of a queue") }
            let answer = unsafe decoded.assumingMemoryBound(to: amqp_queue_declare_ok_t.self).pointee
            return unsafe QueueState(messages: Int(answer.message_count), consumers: Int(answer.consumer_count))
        }
    }
}
