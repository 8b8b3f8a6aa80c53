// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import AddressGuard
import Glibc
import Synchronization

/// Ends connections that are still being agreed upon and over which more has come than that takes.
///
/// The library tells of a connection once TLS, and the settings of HTTP/2, are agreed upon. What another side sends before
/// that it keeps, however much it is, and it waits for it for as long as the other side likes. So the sockets
/// themselves are looked at, those that lead to where a request is waiting for its connection.
final class ConnectionWatch: Sendable {
    /// The other end of connections.
    struct Peer: Hashable {
        let address: IPAddress
        let port: UInt16
    }

    /// The longest chains of certificates are a third of it.
    private static let mostBytes: UInt64 = 256 << 10
    private static let pause = Duration.milliseconds(50)

    private struct State {
        /// How many requests wait for the head of their answer.
        var waiting: [Peer: Int] = [:]
        /// The own ports of connections that are agreed upon.
        var agreed: [Peer: Set<UInt16>] = [:]
        var isLooking = false
    }

    private let state = Mutex(State())

    /// A request to this peer sets out, over a connection that is there or a new one; once per ``ended(_:)``.
    func began(_ peer: Peer) {
        let begins = state.withLock { state in
            state.waiting[peer, default: 0] += 1
            defer { state.isLooking = true }
            return !state.isLooking
        }
        guard begins else { return }
        Task {
            repeat { try? await Task.sleep(for: Self.pause) } while look()
        }
    }

    /// Its answer has begun, or there will be none.
    func ended(_ peer: Peer) {
        state.withLock { state in
            state.waiting[peer] = state.waiting[peer].flatMap { $0 > 1 ? $0 - 1 : nil }
        }
    }

    /// The connection from this own port is agreed upon.
    func agreed(_ peer: Peer, from port: UInt16) {
        state.withLock { _ = $0.agreed[peer, default: []].insert(port) }
    }

    /// It is closed.
    func closed(_ peer: Peer, from port: UInt16) {
        state.withLock { state in
            state.agreed[peer]?.remove(port)
            if state.agreed[peer]?.isEmpty == true { state.agreed[peer] = nil }
        }
    }

    /// Ends what is still being agreed upon with these peers, as far as no request waits for it.
    func forget(_ peers: Set<Peer>) {
        let (given, agreed) = state.withLock { state in (peers.filter { state.waiting[$0] == nil }, state.agreed) }
        if !given.isEmpty { Self.end(given, except: agreed, over: 0) }
    }

    /// Looks once; gives whether there is anything to look at later.
    private func look() -> Bool {
        let (peers, agreed) = state.withLock { state -> (Set<Peer>, [Peer: Set<UInt16>]) in
            // As many connections as requests that wait for an answer: none of them is new.
            let peers = state.waiting.filter { $0.value > state.agreed[$0.key]?.count ?? 0 }.keys
            if state.waiting.isEmpty { state.isLooking = false }
            return (Set(peers), state.agreed)
        }
        if !peers.isEmpty { Self.end(peers, except: agreed, over: Self.mostBytes) }
        return state.withLock { $0.isLooking }
    }

    /// Goes through the sockets of the process; the library closes what is shut down here.
    private static func end(_ peers: Set<Peer>, except agreed: [Peer: Set<UInt16>], over most: UInt64) {
        guard let folder = opendir("/proc/self/fd") else { return }
        defer { closedir(folder) }
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard let file = Int32(name), let peer = Peer(file, getpeername), peers.contains(peer),
                let own = Peer(file, getsockname), agreed[peer]?.contains(own.port) != true,
                most == 0 || received(file) > most, isOfRequests(file)
            else { continue }
            shutdown(file, Int32(SHUT_RDWR))
        }
    }

    /// Whether no client of a database or a broker has made it, for a URL may name their servers.
    ///
    /// Those have the kernel look after their connections.
    private static func isOfRequests(_ file: Int32) -> Bool {
        var value: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        return getsockopt(file, SOL_SOCKET, SO_KEEPALIVE, &value, &length) == 0 && value == 0
    }

    /// `tcpi_bytes_received` of <linux/tcp.h>, which Glibc's own header does not have.
    private static func received(_ file: Int32) -> UInt64 {
        var information = [UInt8](repeating: 0, count: 256)
        var length = socklen_t(information.count)
        guard getsockopt(file, Int32(IPPROTO_TCP), TCP_INFO, &information, &length) == 0, length >= 136 else {
            return 0
        }
        return information.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: 128, as: UInt64.self) }
    }
}

extension ConnectionWatch.Peer {
    /// What `getpeername` or `getsockname` says of a file; `nil` for what is no connection over the internet.
    fileprivate init?(
        _ file: Int32,
        _ ask: (Int32, UnsafeMutablePointer<sockaddr>?, UnsafeMutablePointer<socklen_t>?) -> Int32
    ) {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let status = withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { ask(file, $0, &length) }
        }
        guard status == 0 else { return nil }
        let found = withUnsafeBytes(of: storage) { bytes -> (IPAddress, in_port_t)? in
            switch Int32(storage.ss_family) {
            case AF_INET:
                let address = bytes.loadUnaligned(as: sockaddr_in.self)
                return (IPAddress(address), address.sin_port)
            case AF_INET6:
                let address = bytes.loadUnaligned(as: sockaddr_in6.self)
                return (IPAddress(address), address.sin6_port)
            default: return nil
            }
        }
        guard let found else { return nil }
        self.init(address: found.0, port: UInt16(bigEndian: found.1))
    }
}
