// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import AddressGuard
import AsyncHTTPClient
import NIOCore
import Shared
import Synchronization
import TestSupport
import Testing

@testable import HTTPSink

/// Where requests go on the network.
@Suite(.timeLimit(.minutes(1))) struct GuardedConnectionTests {
    private static let ok = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"

    /// Answers one list after the other, and the last for ever.
    private final class Answers: Sendable {
        private let lists: Mutex<[[String]]>
        let asked = Mutex<[String]>([])

        init(_ lists: [[String]]) {
            self.lists = Mutex(lists)
        }

        var lookup: NameLookup {
            { name in
                self.asked.withLock { $0.append(name) }
                return self.lists.withLock { lists in
                    lists.count > 1 ? lists.removeFirst() : lists[0]
                }.compactMap { IPAddress($0) }
            }
        }
    }

    private func send(
        _ url: String, _ rules: AddressRules, _ answers: Answers = Answers([[]])
    ) async throws -> RequestEnd {
        let sink = try HTTPRequestSink(HTTPSettings(rules: rules), names: answers.lookup)
        let end = await sink.send(try .sample(url))
        await sink.close()
        return end
    }

    @Test(arguments: ["http", "https"], ["127.0.0.1", "0x7f.1", "localhost", "other.test", "[::ffff:127.0.0.1]"])
    func `nobody is called who may not be`(scheme: String, host: String) async throws {
        try await RawServer.with([.say(Self.ok)]) { server in
            let end = try await send("\(scheme)://\(host):\(server.port)/", AddressRules(), Answers([["127.0.0.1"]]))
            let address = host.hasPrefix("[") ? "::ffff:127.0.0.1" : "127.0.0.1"
            #expect(end.outcome == .failure("address not allowed: \(address) (loopback)"))
            #expect(server.connections == 0 && server.bytes == 0)
        }
    }

    @Test func `of several addresses only those are called that may be`() async throws {
        let rules = AddressRules(allowed: try AddressRules.hosts("127.0.0.1"))
        try await RawServer.with([.say(Self.ok)]) { server in
            let answers = Answers([["169.254.169.254", "::1", "127.0.0.1", "127.0.0.2"]])
            let end = try await send("http://many.test:\(server.port)/", rules, answers)
            #expect(end.seen.status == 200 && end.seen.address == "127.0.0.1" && server.connections == 1)
            #expect(server.requests.first?.lowercased().contains("host: many.test:\(server.port)") == true)
            #expect(answers.asked.withLock { $0 } == ["many.test"])
        }
    }

    @Test func `what cannot be reached at one address is tried at the next`() async throws {
        try await RawServer.with([.say(Self.ok)]) { server in
            let end = try await send(
                "http://two.test:\(server.port)/", AddressRules(allowsLoopback: true),
                Answers([["127.0.0.9", "127.0.0.1"]]))
            #expect(end.seen.status == 200 && end.seen.address == "127.0.0.1")
            let none = try await send(
                "http://two.test:1/", AddressRules(allowsLoopback: true), Answers([["127.0.0.9", "127.0.0.1"]]))
            #expect(none.outcome == .failure("connection refused") && none.seen.status == nil)
        }
    }

    @Test(arguments: ["http", "https"])
    func `a name that means something else after the check is called where it was checked`(scheme: String) async throws
    {
        // The system resolves localhost to where the server is; the check was told of another address.
        let rules = AddressRules(allowed: try AddressRules.hosts("127.0.0.2"))
        for host in ["localhost", "LOCALHOST", "localhost."] {
            try await RawServer.with([.say(Self.ok)]) { server in
                let answers = Answers([["127.0.0.2"], ["127.0.0.1"]])
                let end = try await send("\(scheme)://\(host):\(server.port)/", rules, answers)
                #expect(end.outcome == .failure("connection refused") && end.seen.address == "127.0.0.2")
                #expect(server.connections == 0)
                #expect(answers.asked.withLock { $0 } == ["localhost"])
            }
        }
    }

    @Test func `an answer that changes between two requests is judged each time`() async throws {
        let rules = AddressRules(allowed: try AddressRules.hosts("127.0.0.1"))
        try await RawServer.with([.say(Self.ok)]) { server in
            let answers = Answers([["127.0.0.1"], ["169.254.169.254"], ["10.0.0.1"]])
            let sink = try HTTPRequestSink(HTTPSettings(rules: rules), names: answers.lookup)
            let request = try RunRequest.sample("http://turn.test:\(server.port)/")
            #expect(await sink.send(request).seen.status == 200)
            #expect(await sink.send(request).outcome == .failure("address not allowed: 169.254.169.254 (link-local)"))
            #expect(await sink.send(request).outcome == .failure("address not allowed: 10.0.0.1 (not listed)"))
            #expect(server.requests.count == 1)
            await sink.close()
        }
    }

    @Test(arguments: [false, true])
    func `a connection to an address that may not be called is closed before a byte is sent on it`(isMapped: Bool)
        async throws
    {
        try await RawServer.with([.say(Self.ok)]) { server in
            // As if the check before had been passed by somebody else's address.
            var configuration = HTTPClient.Configuration()
            configuration.connectionPool.retryConnectionEstablishment = false
            let clients = PinnedClients(AddressRules(), configuration)
            let address = try #require(IPAddress(isMapped ? "::ffff:127.0.0.1" : "127.0.0.1"))
            let key = PinnedClients.Key(host: "evil.test", address: address, isLast: true)
            let client = try #require(clients.borrow(key))
            await #expect(throws: AddressDenial.self) {
                _ = try await client.execute(
                    .init(url: "http://evil.test:\(server.port)/"), port: UInt16(server.port))
            }
            clients.giveBack(key)
            try await eventually("the connection was there") { server.connections == 1 }
            await clients.close()
            #expect(server.bytes == 0 && server.requests.isEmpty)
        }
    }

    @Test func `a redirect to where nothing may go goes nowhere`() async throws {
        try await RawServer.with([
            .say("HTTP/1.1 307 Go\r\nlocation: http://169.254.169.254/\r\ncontent-length: 0\r\n\r\n")
        ]) {
            server in
            let end = try await send("http://127.0.0.1:\(server.port)/", AddressRules(allowsLoopback: true))
            #expect(end.seen.status == 307 && server.requests.count == 1)
        }
    }

    @Test func `names of which nothing is heard hold up no other, and are given up with the request`() async throws {
        let released = Alarm()
        let sink = try HTTPRequestSink.forLoopback(names: { name in
            if name == "silent.test" {
                await released.wait()
                return nil
            }
            return [IPAddress(ipv4: 0x7F00_0001)]
        })
        try await RawServer.with([.say(Self.ok)]) { server in
            let silent = try RunRequest.sample("http://silent.test:\(server.port)/")
            let task = Task { await sink.send(silent) }
            let heard = try RunRequest.sample("http://heard.test:\(server.port)/")
            #expect(await sink.send(heard).seen.status == 200)
            task.cancel()
            guard case .failure = await task.value.outcome else { throw CancellationError() }
        }
        await sink.close()
    }

    @Test func `the system is asked once for what several want at once`() async throws {
        let names = SystemNames()
        let all = await withTaskGroup(of: [IPAddress]?.self) { group in
            for _ in 0..<50 { group.addTask { await names.addresses(of: "localhost") } }
            return await group.reduce(into: Set<[IPAddress]?>()) { $0.insert($1) }
        }
        #expect(all.count == 1 && all.first??.isEmpty == false)
        #expect(await names.addresses(of: "nobody.invalid") == [])
        let cancelled = Task { () -> [IPAddress]? in
            while !Task.isCancelled { await Task.yield() }
            return await names.addresses(of: "nobody2.invalid")
        }
        cancelled.cancel()
        #expect(await cancelled.value ?? [] == [])
    }
}
