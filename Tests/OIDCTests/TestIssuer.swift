// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import Synchronization

/// An OpenID provider on a port of 127.0.0.1 that answers what a test wants, and counts every request.
final class TestIssuer: Sendable {
    /// What a path is answered with.
    enum Answer: Sendable {
        case json(String)
        case redirect(String)
        case status(Int)
        /// Bytes without end, or 4 MiB of them.
        case flood
        /// The headers, one byte, and then nothing more.
        case drip
    }

    private let answers = Mutex<[String: Answer]>([:])
    private let requests = Mutex<[String: Int]>([:])
    let port: Int

    fileprivate init(port: Int) {
        self.port = port
    }

    var origin: String { "http://127.0.0.1:\(port)" }
    var name: String { origin + "/realm" }
    static let discoveryPath = "/realm/.well-known/openid-configuration"
    static let keysPath = "/keys"

    /// How often each path was asked for.
    var counts: [String: Int] { requests.withLock { $0 } }

    func answer(_ path: String, _ answer: Answer) {
        answers.withLock { $0[path] = answer }
    }

    /// Answers as an honest provider does.
    func publish(_ keySet: String) {
        answer(Self.discoveryPath, .json("{\"issuer\":\"\(name)\",\"jwks_uri\":\"\(origin)\(Self.keysPath)\"}"))
        answer(Self.keysPath, .json(keySet))
    }

    fileprivate func respond(to path: String) -> Response {
        requests.withLock { $0[path, default: 0] += 1 }
        switch answers.withLock({ $0[path] }) {
        case .json(let text)?:
            return Response(
                status: .ok, headers: [.contentType: "application/json"], body: .init(byteBuffer: .init(string: text)))
        case .redirect(let location)?:
            return Response(status: .found, headers: [.location: location])
        case .status(let code)?:
            return Response(status: .init(code: code))
        case .flood?:
            return Response(
                status: .ok,
                body: .init { writer in
                    for _ in 0..<64 { try await writer.write(ByteBuffer(repeating: 0x20, count: 64 << 10)) }
                    try await writer.finish(nil)
                })
        case .drip?:
            return Response(
                status: .ok,
                body: .init { writer in
                    try await writer.write(ByteBuffer(string: "{"))
                    // Hangs until the server is stopped; nobody waits for it.
                    try await Task.sleep(for: .seconds(60))
                    try await writer.finish(nil)
                })
        case nil:
            return Response(status: .notFound)
        }
    }
}

/// Runs a test with an issuer that listens.
func withTestIssuer(_ body: @Sendable (TestIssuer) async throws -> Void) async throws {
    let issuer = Mutex<TestIssuer?>(nil)
    let (ports, port) = AsyncStream.makeStream(of: Int.self)
    let router = Router()
    router.get("**") { request, _ in
        issuer.withLock { $0 }?.respond(to: request.uri.path) ?? Response(status: .serviceUnavailable)
    }
    let application = Application(
        router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
        onServerRunning: { channel in port.yield(channel.localAddress?.port ?? 0) }, logger: .quiet)
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask {
            // A server that cannot start ends the wait for its port.
            defer { port.finish() }
            try await application.run()
        }
        var isRunning = false
        for await number in ports {
            isRunning = true
            let running = TestIssuer(port: number)
            issuer.withLock { $0 = running }
            try await body(running)
            break
        }
        if !isRunning { try await group.next() }
        group.cancelAll()
    }
}
