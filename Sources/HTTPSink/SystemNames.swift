// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import AddressGuard
import Glibc
private import Synchronization

/// Gives the addresses of a name in the order in which they are to be tried, none when it is not found; `nil` when the task is
/// cancelled.
package typealias NameLookup = @Sendable (_ name: String) async -> [IPAddress]?

/// Asks the system, which blocks for as long as it likes: each name that is asked for has a thread of its own, so that one whose
/// name servers are silent holds up no other.
final class SystemNames: Sendable {
    /// The most names that are asked for at once; those that come then count as not found.
    private static let most = 1_024
    /// How long an answer is good for: about as long as a connection is kept.
    private static let lifetime = Duration.seconds(1)

    private struct State {
        var waiting: [String: [AsyncStream<[IPAddress]>.Continuation]] = [:]
        var known: [String: (addresses: [IPAddress], until: ContinuousClock.Instant)] = [:]
    }

    private let state = Mutex(State())

    func addresses(of name: String) async -> [IPAddress]? {
        let (answers, continuation) = AsyncStream.makeStream(of: [IPAddress].self, bufferingPolicy: .bufferingNewest(1))
        let (known, isFirst) = state.withLock { state -> ([IPAddress]?, Bool) in
            if let known = state.known[name], known.until > .now { return (known.addresses, false) }
            if state.waiting[name] != nil {
                state.waiting[name]?.append(continuation)
                return (nil, false)
            }
            guard state.waiting.count < Self.most else { return ([], false) }
            state.waiting[name] = [continuation]
            return (nil, true)
        }
        if let known { return known }
        if isFirst { Question(name, self).ask() }
        for await addresses in answers { return addresses }
        return nil
    }

    private func take(_ addresses: [IPAddress], of name: String) {
        let now = ContinuousClock.now
        let waiting = state.withLock { state in
            if state.known.count >= Self.most { state.known = state.known.filter { $0.value.until > now } }
            if !addresses.isEmpty { state.known[name] = (addresses, now + Self.lifetime) }
            return state.waiting.removeValue(forKey: name) ?? []
        }
        for continuation in waiting {
            continuation.yield(addresses)
            continuation.finish()
        }
    }

    private final class Question: Sendable {
        private let name: String
        private let names: SystemNames

        init(_ name: String, _ names: SystemNames) {
            self.name = name
            self.names = names
        }

        func ask() {
            var thread = pthread_t()
            let question = Unmanaged.passRetained(self)
            let status = pthread_create(
                &thread, nil,
                { argument in
                    guard let argument else { return nil }
                    let question = Unmanaged<Question>.fromOpaque(argument).takeRetainedValue()
                    question.names.take(question.addresses, of: question.name)
                    return nil
                }, question.toOpaque())
            guard status == 0 else {
                question.release()
                names.take([], of: name)
                return
            }
            pthread_detach(thread)
        }

        private var addresses: [IPAddress] {
            var hints = addrinfo()
            hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
            var list: UnsafeMutablePointer<addrinfo>?
            guard getaddrinfo(name, nil, &hints, &list) == 0 else { return [] }
            defer { freeaddrinfo(list) }
            var addresses: [IPAddress] = []
            var next = list
            while let entry = next?.pointee {
                next = entry.ai_next
                let raw = UnsafeRawPointer(entry.ai_addr)
                switch entry.ai_family {
                case AF_INET:
                    guard let address = raw?.loadUnaligned(as: sockaddr_in.self) else { continue }
                    addresses.append(IPAddress(address))
                case AF_INET6:
                    guard let address = raw?.loadUnaligned(as: sockaddr_in6.self) else { continue }
                    addresses.append(IPAddress(address))
                default: break
                }
            }
            return addresses
        }
    }
}

extension IPAddress {
    init(_ address: sockaddr_in) {
        self.init(ipv4: UInt32(bigEndian: address.sin_addr.s_addr))
    }

    /// Its zone is left out.
    init(_ address: sockaddr_in6) {
        self.init(ipv6: withUnsafeBytes(of: address.sin6_addr) { $0.reduce(0) { $0 << 8 | UInt128($1) } })
    }
}
