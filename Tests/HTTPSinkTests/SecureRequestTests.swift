// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import AddressGuard
import HTTPSink
import Hummingbird
import HummingbirdHTTP2
import NIOSSL
import Shared
import TestSupport
import Testing

/// Requests over TLS.
@Suite(.timeLimit(.minutes(1))) struct SecureRequestTests {
    private static let ok = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"
    private static let names: NameLookup = { _ in [IPAddress(ipv4: 0x7F00_0001)] }

    private let certificates: TestCertificates

    init() throws {
        certificates = try TestCertificates.shared.get()
    }

    private func send(
        to host: String = "receiver.test", tls: NIOSSLContext, file: String?
    ) async throws -> RequestEnd {
        var end = RequestEnd(outcome: .failure("nothing was sent"))
        let path = try file.map { try certificates.file($0) }
        try await RawServer.with([.say(Self.ok)], tls: tls) { server in
            let sink = try HTTPRequestSink.forLoopback(tlsFile: path, names: Self.names)
            end = await sink.send(try .sample("https://\(host):\(server.port)/"))
            await sink.close()
            guard end.seen.status == nil else { return }
            #expect(server.requests.isEmpty)
        }
        return end
    }

    @Test(arguments: ["receiver.test", "'*.test'", "RECEIVER.test", "127.0.0.0/8", "'*.receiver.test'"])
    func `an authority of one's own is trusted for the hosts it is named for`(pattern: String) async throws {
        let end = try await send(tls: certificates.server(), file: "\(pattern): {authorities: DIR/ca.pem}")
        guard pattern != "127.0.0.0/8" else {
            // Patterns go by what stands in the URL.
            #expect(end.outcome == .failure("certificate: nobody who is trusted vouches for it"))
            return
        }
        #expect(end.seen.status == 200 && end.seen.address == "127.0.0.1")
        #expect(end.seen.connect != nil && end.seen.tls ?? 0 > 0)
    }

    @Test(
        arguments: [
            ("server", nil, "receiver.test", "certificate: nobody who is trusted vouches for it"),
            (
                "server", "other.test: {authorities: DIR/ca.pem}", "receiver.test",
                "certificate: nobody who is trusted vouches for it"
            ),
            (
                "foreign", "receiver.test: {authorities: DIR/ca.pem}", "receiver.test",
                "certificate: nobody who is trusted vouches for it"
            ),
            (
                "expired", "receiver.test: {authorities: DIR/ca.pem}", "receiver.test",
                "certificate: nobody who is trusted vouches for it"
            ),
            ("server", "other.test: {authorities: DIR/ca.pem}", "other.test", "certificate: is for another host"),
        ] as [(String, String?, String, String)])
    func `a certificate that does not hold is an error in one line, and nothing is sent`(
        name: String, file: String?, host: String, error: String
    ) async throws {
        let end = try await send(to: host, tls: certificates.server(name), file: file)
        #expect(end.outcome == .failure(error) && end.seen.status == nil && end.seen.total != nil)
    }

    @Test func `a client certificate is shown to those it is for`() async throws {
        let asking = try certificates.server(asks: true)
        let pair = "{authorities: DIR/ca.pem, certificate: DIR/client.pem, key: DIR/client.key}"
        #expect(try await send(tls: asking, file: "receiver.test: \(pair)").seen.status == 200)
        let without = try await send(tls: asking, file: "receiver.test: {authorities: DIR/ca.pem}")
        #expect(without.outcome == .failure("certificate: the receiver does not accept ours"))
        // The more particular entry counts.
        let both =
            "'*.test': {authorities: DIR/other.pem}\nreceiver.test: \(pair)\n'*.receiver.test': {authorities: DIR/other.pem}"
        #expect(try await send(tls: asking, file: both).seen.status == 200)
    }

    @Test(arguments: [
        ("", ":1: expected hosts"), ("- a", ":1: expected hosts"),
        ("a: {}", ":1: expected certificate and key, or authorities"),
        ("a: b", ":1: expected certificate and key, or authorities"),
        ("\na: {authority: x}", ":2=\"authority\": expected certificate, key"),
        ("a:\n  authorities: 5", ":2 (authorities): expected the path"),
        ("a: {certificate: DIR/client.pem}", ":1: expected certificate and key together"),
        ("a:\n  certificate: DIR/client.pem\n  key: DIR/server.key", ":3 (key): expected the key of the certificate"),
        ("a:\n  certificate: DIR/client.pem\n  key: DIR/client.pem", ":3 (key)="),
        ("a:\n  authorities: DIR/ca.key", ":2 (authorities)="),
        ("a:\n  authorities: DIR/missing.pem", ":2 (authorities)="),
        ("'a b': {authorities: DIR/ca.pem}", ":1=\"a b\": expected a name"),
        ("a: {authorities: DIR/ca.pem}\na: {authorities: DIR/ca.pem}", ":2: expected YAML"),

    ])
    func `a file that does not hold is refused at the start, with the line`(text: String, fault: String) throws {
        let path = try certificates.file(text)
        let error = #expect(throws: InvalidSettings.self) { try HTTPRequestSink.forLoopback(tlsFile: path) }
        #expect(error?.description.hasPrefix("\(path)\(fault)") == true, "\(error?.description ?? "")")
        #expect(error?.description.contains("PRIVATE KEY") == false)
        #expect(throws: InvalidSettings.self) { try HTTPRequestSink.forLoopback(tlsFile: path + "x") }
    }

    @Test func `HTTP 2 is spoken where it is offered, and many requests share a connection`() async throws {
        let router = Router(context: PortContext.self)
        router.post("/hook") { request, context in
            let body = try await request.body.collect(upTo: 1_000)
            return "\(context.port) \(String(buffer: body))"
        }
        var tls = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMFile(certificates.path("server.pem")).map {
                .certificate($0)
            },
            privateKey: .privateKey(try NIOSSLPrivateKey(file: certificates.path("server.key"), format: .pem)))
        tls.applicationProtocols = ["h2"]
        let (ports, found) = AsyncStream.makeStream(of: Int.self)
        let application = Application(
            router: router, server: try .http2Upgrade(tlsConfiguration: tls),
            configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { found.yield($0.localAddress?.port ?? 0) })
        let file = try certificates.file("receiver.test: {authorities: DIR/ca.pem}")
        let sink = try HTTPRequestSink.forLoopback(tlsFile: file, names: Self.names)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await application.run() }
            var iterator = ports.makeAsyncIterator()
            let port = await iterator.next() ?? 0
            let request = try RunRequest.sample("https://receiver.test:\(port)/hook", payload: .string("hi"))
            let ends = await withTaskGroup(of: RequestEnd.self) { group in
                for _ in 0..<20 { group.addTask { await sink.send(request) } }
                return await group.reduce(into: []) { $0.append($1) }
            }
            var clients: Set<String> = []
            for end in ends {
                guard case .answer(let answer) = end.outcome else {
                    Issue.record("\(end)")
                    continue
                }
                let words = String(decoding: answer.body, as: UTF8.self).split(separator: " ")
                #expect(end.seen.status == 200 && end.seen.address == "127.0.0.1" && words.last == "hi")
                clients.insert(String(words.first ?? ""))
            }
            #expect(clients.count == 1, "\(clients)")
            #expect(ends.count { $0.seen.tls != nil } >= 1)
            await sink.close()
            group.cancelAll()
        }
    }
}

/// Knows from which port a client calls.
private struct PortContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let port: Int

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        port = (source.channel.parent ?? source.channel).remoteAddress?.port ?? 0
    }
}
