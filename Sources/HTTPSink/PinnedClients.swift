// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import AddressGuard
import AsyncHTTPClient
import Glibc
import NIOCore
import Shared
import Synchronization

/// Clients each of which can reach one address only, under the name that it was resolved from: what a name means is
/// decided before, once, and cannot change between the check and the connection.
///
/// A client looks at the address that a connection really has once more, before a request is sent on it. `Host`, SNI and the check
/// of the certificate go by the name.
final class PinnedClients: Sendable {
    struct Key: Hashable {
        /// As it stands in the URL.
        let host: String
        /// `nil` = of the proxy, which the operator has named and nobody judges.
        let address: IPAddress?
        /// Whether there is no other address to try.
        let isLast: Bool
    }

    /// How long a client without requests is kept: making one costs a TLS context.
    private static let idleTime = Duration.seconds(60)
    /// With more clients than this the idle ones go at once.
    private static let most = 1_024

    private struct Entry {
        let client: PinnedClient
        var users = 0
        var idleSince = ContinuousClock.now
    }

    private struct State {
        var entries: [Key: Entry] = [:]
        var sweptAt = ContinuousClock.now
        var isClosed = false
    }

    private let rules: AddressRules
    private let configuration: HTTPClient.Configuration
    private let watch = ConnectionWatch()
    private let state = Mutex(State())

    /// `configuration` is what all clients have in common.
    init(_ rules: AddressRules, _ configuration: HTTPClient.Configuration) {
        self.rules = rules
        self.configuration = configuration
    }

    /// To be given back, once, by ``giveBack(_:)``; `nil` after ``close()``.
    func borrow(_ key: Key) -> PinnedClient? {
        let (client, idle) = state.withLock { state -> (PinnedClient?, [PinnedClient]) in
            guard !state.isClosed else { return (nil, []) }
            let idle = Self.sweep(&state)
            var entry = state.entries[key] ?? Entry(client: PinnedClient(key, rules, configuration, watch))
            entry.users += 1
            state.entries[key] = entry
            return (entry.client, idle)
        }
        for client in idle { Task { await client.close() } }
        return client
    }

    func giveBack(_ key: Key) {
        state.withLock { state in
            state.entries[key]?.users -= 1
            state.entries[key]?.idleSince = .now
        }
    }

    private static func sweep(_ state: inout State) -> [PinnedClient] {
        let now = ContinuousClock.now
        let isFull = state.entries.count >= most
        guard isFull || now - state.sweptAt > .seconds(1) else { return [] }
        state.sweptAt = now
        let idle = state.entries.filter { $0.value.users == 0 && (isFull || now - $0.value.idleSince > idleTime) }
        for key in idle.keys { state.entries[key] = nil }
        return idle.values.map(\.client)
    }

    /// Closes all connections; what is under way fails.
    ///
    /// Waits a second at most: the library waits for connections that are still being made.
    func close() async {
        let clients = state.withLock { state in
            state.isClosed = true
            defer { state.entries = [:] }
            return state.entries.values.map(\.client)
        }
        let closed = Alarm()
        Task {
            await withDiscardingTaskGroup { group in
                for client in clients { group.addTask { await client.close() } }
            }
            closed.ring()
        }
        await closed.wait(for: .seconds(1), clock: SystemClock())
    }
}

/// A client for one host at one address.
final class PinnedClient: Sendable {
    /// How long a connection took.
    struct Opening: Sendable {
        let at: ContinuousClock.Instant
        /// A round trip to the other side, as the kernel has measured it: what a TCP connection takes.
        let roundTrip: Duration
    }

    private let client: HTTPClient
    private let address: IPAddress?
    private let openings: Openings
    private let watch: ConnectionWatch
    /// Where it has ever sent requests over TLS.
    private let peers = Mutex<Set<ConnectionWatch.Peer>>([])

    fileprivate init(
        _ key: PinnedClients.Key, _ rules: AddressRules, _ common: HTTPClient.Configuration, _ watch: ConnectionWatch
    ) {
        self.watch = watch
        address = key.address
        var configuration = common
        // The last may take as long as the request's time-out lets it.
        configuration.timeout.connect = key.isLast ? .minutes(11) : .seconds(3)
        openings = Openings()
        if let address = key.address {
            configuration.proxy = nil
            // To the client another spelling of an IPv4 address is a name; what stands in brackets it reads as we do.
            if !key.host.hasPrefix("[") { configuration.dnsOverride = [key.host: "\(address)"] }
        }
        let judge = Self.judge(key.address == nil ? nil : rules, host: key.host, openings, watch)
        configuration.http1_1ConnectionDebugInitializer = { channel in
            AnswerCheck.add(toConnection: channel).flatMap { judge(channel) }
        }
        configuration.http2ConnectionDebugInitializer = { channel in
            channel.pipeline.addHandler(CloseOnError()).flatMap { judge(channel) }
        }
        configuration.http2StreamChannelDebugInitializer = { AnswerCheck.add(toStream: $0) }
        client = HTTPClient(eventLoopGroup: HTTPClient.defaultEventLoopGroup, configuration: configuration)
    }

    /// Looks at a connection before it is used; without rules it is only noted.
    private static func judge(
        _ rules: AddressRules?, host: String, _ openings: Openings, _ watch: ConnectionWatch
    ) -> @Sendable (any Channel) -> EventLoopFuture<Void> {
        { channel in
            guard let remote = channel.remoteAddress, let address = IPAddress(remote), let port = remote.port else {
                return Self.refuse(channel, HTTPClientError.remoteConnectionClosed)
            }
            if let denial = rules?.objection(to: address, host: host, port: UInt16(clamping: port)) {
                return Self.refuse(channel, denial)
            }
            if let own = channel.localAddress?.port {
                let peer = ConnectionWatch.Peer(address: address, port: UInt16(clamping: port))
                watch.agreed(peer, from: UInt16(clamping: own))
                channel.closeFuture.whenComplete { _ in watch.closed(peer, from: UInt16(clamping: own)) }
            }
            let opened = ContinuousClock.now
            guard let options = channel as? any SocketOptionProvider else {
                return channel.eventLoop.makeSucceededVoidFuture()
            }
            return options.getTCPInfo().map { Duration.microseconds(Int64($0.tcpi_rtt)) }
                .flatMapErrorThrowing { _ in .zero }
                .map { openings.add(Opening(at: opened, roundTrip: $0)) }
        }
    }

    /// Sends a request and gives the head of its answer; `port` is that of its URL.
    func execute(_ message: HTTPClientRequest, port: UInt16) async throws -> HTTPClientResponse {
        guard let address, message.url.hasPrefix("https:") else {
            return try await client.execute(message, deadline: .distantFuture)
        }
        let peer = ConnectionWatch.Peer(address: address, port: port)
        peers.withLock { _ = $0.insert(peer) }
        watch.began(peer)
        defer { watch.ended(peer) }
        return try await client.execute(message, deadline: .distantFuture)
    }

    /// The library leaves a connection open that is refused here.
    private static func refuse(_ channel: any Channel, _ error: any Error) -> EventLoopFuture<Void> {
        channel.close(promise: nil)
        return channel.eventLoop.makeFailedFuture(error)
    }

    /// The first connection that was opened from this instant on and that no other request has taken for its own; `nil` = the
    /// request went over one that was there.
    ///
    /// Of requests that begin at once to one host it may be another's connection: as many were opened, then.
    func opening(since start: ContinuousClock.Instant) -> Opening? { openings.take(since: start) }

    fileprivate func close() async {
        watch.forget(peers.withLock { $0 })
        try? await client.shutdown()
    }

    private final class Openings: Sendable {
        private let list = Mutex<[Opening]>([])

        func add(_ opening: Opening) {
            list.withLock { list in
                if list.count >= 1_024 { list.removeFirst(512) }
                list.append(opening)
            }
        }

        func take(since start: ContinuousClock.Instant) -> Opening? {
            list.withLock { list in
                guard let index = list.firstIndex(where: { $0.at >= start }) else { return nil }
                return list.remove(at: index)
            }
        }
    }
}

/// Closes an HTTP/2 connection whose other side breaks the protocol.
///
/// The library says goodbye to it, but keeps the connection and all that comes over it.
private final class CloseOnError: ChannelInboundHandler, Sendable {
    typealias InboundIn = NIOAny

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}

extension IPAddress {
    /// `nil` for what is no internet address.
    init?(_ address: SocketAddress) {
        switch address {
        case .v4(let address): self.init(address.address)
        case .v6(let address): self.init(address.address)
        case .unixDomainSocket: return nil
        }
    }
}
