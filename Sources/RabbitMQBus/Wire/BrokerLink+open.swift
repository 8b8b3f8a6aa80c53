// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import CRabbitMQ
import Glibc
import Shared

extension BrokerLink {
    /// Connects and logs in; blocks for at most the connect time-out and twice the RPC time-out.
    package static func open(
        _ settings: RabbitMQSettings, guardedBy socketGuard: SocketGuard = SocketGuard()
    ) throws(LinkError) -> BrokerLink {
        guard let state = unsafe amqp_new_connection() else { throw LinkError(reason: "out of memory") }
        do throws(LinkError) {
            let socket = try unsafe makeSocket(state, settings)
            var connectTimeout = timeval(settings.connectTimeout)
            let status = unsafe amqp_socket_open_noblock(socket, settings.host, Int32(settings.port), &connectTimeout)
            guard status == AMQP_STATUS_OK.rawValue else {
                throw LinkError(reason: "cannot connect: \(text(of: status))")
            }
            // The library bounds the handshake itself; armed only so that closing the bus can cut it short.
            socketGuard.arm(unsafe amqp_get_sockfd(state))
            defer { socketGuard.disarm() }
            var rpcTimeout = timeval(settings.rpcTimeout)
            unsafe amqp_set_handshake_timeout(state, &rpcTimeout)
            unsafe amqp_set_rpc_timeout(state, &rpcTimeout)
            try unsafe logIn(state, settings)
            return unsafe BrokerLink(adopting: state)
        } catch {
            unsafe amqp_destroy_connection(state)
            throw error
        }
    }

    private static func makeSocket(
        _ state: amqp_connection_state_t, _ settings: RabbitMQSettings
    ) throws(LinkError) -> OpaquePointer {
        guard let tls = settings.tls else {
            guard let socket = unsafe amqp_tcp_socket_new(state) else { throw LinkError(reason: "out of memory") }
            return unsafe socket
        }
        guard let socket = unsafe amqp_ssl_socket_new(state) else {
            throw LinkError(reason: "cannot set up TLS")
        }
        unsafe amqp_ssl_socket_set_verify_peer(socket, tls.verifiesPeer ? 1 : 0)
        unsafe amqp_ssl_socket_set_verify_hostname(socket, tls.verifiesPeer ? 1 : 0)
        if tls.verifiesPeer {
            let status = unsafe amqp_ssl_socket_set_cacert(socket, tls.authorities)
            guard status == AMQP_STATUS_OK.rawValue else {
                throw LinkError(reason: "cannot read the trusted authorities: \(text(of: status))")
            }
        }
        if let certificate = tls.certificate, let key = tls.key {
            let status = unsafe amqp_ssl_socket_set_key(socket, certificate, key)
            guard status == AMQP_STATUS_OK.rawValue else {
                throw LinkError(reason: "cannot use the client's certificate and key: \(text(of: status))")
            }
        }
        unsafe amqp_ssl_socket_set_ssl_versions(socket, AMQP_TLSv1_2, AMQP_TLSvLATEST)
        return unsafe socket
    }

    private static func logIn(_ state: amqp_connection_state_t, _ settings: RabbitMQSettings) throws(LinkError) {
        let name = ByteText(settings.connectionName)
        // Static strings: the table entries keep their pointers.
        let capabilityNames: [StaticString] = [
            "connection.blocked", "consumer_cancel_notify", "basic.nack", "publisher_confirms",
            "exchange_exchange_bindings", "authentication_failure_close",
        ]
        var capabilities = unsafe capabilityNames.map { name in
            unsafe simple_scheduler_true_entry(UnsafeRawPointer(name.utf8Start).assumingMemoryBound(to: CChar.self))
        }
        let capabilitiesKey: StaticString = "capabilities"
        let nameKey: StaticString = "connection_name"
        let reply = unsafe capabilities.withUnsafeMutableBufferPointer { capabilities in
            let table = unsafe amqp_table_t(
                num_entries: Int32(capabilities.count), entries: capabilities.baseAddress)
            var properties = unsafe [
                simple_scheduler_table_entry(
                    UnsafeRawPointer(capabilitiesKey.utf8Start).assumingMemoryBound(to: CChar.self), table),
                simple_scheduler_text_entry(
                    UnsafeRawPointer(nameKey.utf8Start).assumingMemoryBound(to: CChar.self), name.bytes),
            ]
            return unsafe properties.withUnsafeMutableBufferPointer { properties in
                var client = unsafe amqp_table_t(
                    num_entries: Int32(properties.count), entries: properties.baseAddress)
                return unsafe simple_scheduler_login_plain(
                    state, settings.virtualHost, Int32(settings.heartbeat.components.seconds), &client, settings.user,
                    settings.password)
            }
        }
        try unsafe check(reply)
    }

    private static func check(_ reply: amqp_rpc_reply_t) throws(LinkError) {
        switch unsafe reply.reply_type {
        case AMQP_RESPONSE_NORMAL:
            return
        case AMQP_RESPONSE_SERVER_EXCEPTION:
            guard unsafe reply.reply.id == AMQP_CONNECTION_CLOSE_METHOD, let decoded = unsafe reply.reply.decoded else {
                throw LinkError(reason: "the broker ended the login")
            }
            let close = unsafe decoded.assumingMemoryBound(to: amqp_connection_close_t.self).pointee
            let text = unsafe String(close.reply_text)
            // 530 also stands for "too many connections", which passes.
            let isRefusal = unsafe close.reply_code == 403 || close.reply_code == 530 && !text.contains("limit")
            throw LinkError(isRefusal: isRefusal, reason: text)
        default:
            throw LinkError(reason: "cannot log in: \(unsafe text(of: reply.library_error))")
        }
    }
}
