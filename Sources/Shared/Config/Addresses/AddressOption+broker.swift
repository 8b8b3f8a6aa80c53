// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

extension AddressOption {
    /// Every option of RabbitMQ's "URI Query Parameters" (docs/configuration.md).
    ///
    /// A Scheduler needs few channels and says how long one attempt to connect may take, so that a stop is not held up.
    static let broker: [AddressOption] = [
        .kept("heartbeat", .limit(1...3_600)),
        .kept("connection_timeout", .limit(1...5_000)),
        .kept("cacertfile", .file(["CERTIFICATE"])),
        .kept("certfile", .file(["CERTIFICATE"])),
        .kept("keyfile", .file(["PRIVATE KEY"])),
        .kept("verify", .word(["verify_peer", "verify_none"])),
        .kept("server_name_indication", .refused("the name of the host is the one that is sent and checked")),
        .kept("password", .refused("the keyfile must not be encrypted")),
        .overridden("auth_mechanism", .word(["plain"]), ours: "plain"),
        .overridden("channel_max", .number(0...65_535)),
        .overridden("fail_if_no_peer_cert", .flag),
    ]
}
