// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import CRabbitMQ
import Glibc

/// One logged-in connection; the only owner of its `amqp_connection_state_t`.
///
/// Used by one thread at a time (rabbitmq-c#428). Nothing here waits, except opening, closing, and a write into a full
/// socket, which ``SocketGuard`` bounds.
@safe
package final class BrokerLink {
    /// The library's connection; for one thread at a time.
    package let state: amqp_connection_state_t
    /// The socket.
    package let descriptor: Int32
    private var lastHeartbeat = ContinuousClock.now

    /// Takes a connection over that is logged in.
    package init(adopting state: amqp_connection_state_t) {
        unsafe self.state = unsafe state
        descriptor = unsafe amqp_get_sockfd(state)
    }

    deinit {
        unsafe amqp_destroy_connection(state)
    }

    var isWritable: Bool {
        var watched = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        return unsafe poll(&watched, 1, 0) > 0
    }

    /// Sends a heartbeat when none was sent for half of `interval`; for times in which nothing is read, since reading
    /// is where the library sends its own.
    func sendHeartbeat(every interval: Duration) throws(LinkError) {
        guard lastHeartbeat.duration(to: .now) > interval / 2 else { return }
        lastHeartbeat = .now
        var frame = unsafe amqp_frame_t()
        unsafe frame.frame_type = UInt8(AMQP_FRAME_HEARTBEAT)
        unsafe frame.channel = 0
        try Self.check(unsafe amqp_send_frame(state, &frame))
    }

    /// Says goodbye and waits for the answer, at most `limit`; what was written before still counts.
    package func close(within limit: Duration) {
        var limit = timeval(limit)
        unsafe amqp_set_rpc_timeout(state, &limit)
        _ = unsafe amqp_connection_close(state, AMQP_REPLY_SUCCESS)
    }

    /// Turns a status of the library into an error.
    package static func check(_ status: Int32) throws(LinkError) {
        guard status == AMQP_STATUS_OK.rawValue else { throw LinkError(reason: text(of: status)) }
    }

    static func text(of status: Int32) -> String {
        unsafe String(cString: amqp_error_string2(status))
    }
}

/// Why a connection cannot be used any more, or was not made.
package struct LinkError: Error, Equatable {
    /// Whether the broker itself said no to this user or virtual host.
    let isRefusal: Bool
    /// One line for an operator, without credentials.
    package let reason: String

    /// `reason` must be safe to log.
    package init(isRefusal: Bool = false, reason: String) {
        self.isRefusal = isRefusal
        self.reason = reason
    }
}

extension timeval {
    /// Cut to whole microseconds.
    init(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        self.init(tv_sec: Int(seconds), tv_usec: Int(attoseconds / 1_000_000_000_000))
    }
}
