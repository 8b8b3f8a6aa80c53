// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import CRabbitMQ
import Glibc
package import RabbitMQBus

/// A connection without a broker: what is written to its link is read here.
package final class FrameRecorder {
    /// Where to write; no more than the socket takes at once, some hundred kilobytes.
    package let link: BrokerLink
    private let reader: Int32

    /// An open connection.
    package init() throws {
        var ends: [Int32] = [-1, -1]
        guard unsafe socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0,
            let state = unsafe amqp_new_connection(), let socket = unsafe amqp_tcp_socket_new(state)
        else { throw LinkError(reason: "no memory, or no descriptors left") }
        unsafe amqp_tcp_socket_set_sockfd(socket, ends[0])
        link = unsafe BrokerLink(adopting: state)
        reader = ends[1]
    }

    deinit {
        close(reader)
    }

    /// The names in the queue.declare methods that were written since the last call.
    package func declaredQueues() -> Set<String> {
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        let count = unsafe recv(reader, &bytes, bytes.count, Int32(MSG_DONTWAIT))
        var rest = bytes.prefix(max(count, 0))
        var names: Set<String> = []
        // A frame: type, channel, size, payload, end. A method: class, id, fields; queue.declare: two bytes, then the name.
        while rest.count > 7 {
            let size = Int(Self.number(rest.dropFirst(3).prefix(4)))
            let payload = rest.dropFirst(7).prefix(size)
            if rest.first == 1, payload.starts(with: [0, 50, 0, 10]), let length = payload.dropFirst(6).first {
                names.insert(String(decoding: payload.dropFirst(7).prefix(Int(length)), as: UTF8.self))
            }
            rest = rest.dropFirst(7 + size + 1)
        }
        return names
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt32 { bytes.reduce(0) { $0 << 8 | UInt32($1) } }
}
