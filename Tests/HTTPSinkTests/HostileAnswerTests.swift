// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import AddressGuard
import Glibc
import HTTPSink
import Shared
import TestSupport
import Testing

/// Receivers that do what they should not.
@Suite(.timeLimit(.minutes(1))) struct HostileAnswerTests {
    private static let ok = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"
    private static let closed = "the connection was closed before the whole answer was there"
    private static let broken = "the connection was broken off"

    private func send(_ steps: [RawServer.Step]) async throws -> RequestEnd {
        var end = RequestEnd(outcome: .failure(""))
        try await RawServer.with(steps) { server in
            let sink = try HTTPRequestSink.forLoopback()
            end = await sink.send(try .sample("http://127.0.0.1:\(server.port)/"))
            await sink.close()
        }
        return end
    }

    @Test func `what was seen of a request is told with its outcome`() async throws {
        let end = try await send([.say("HTTP/1.1 503 Later\r\nretry-after: 7\r\ncontent-length: 4\r\n\r\nbusy")])
        guard case .answer(let answer) = end.outcome else { throw CancellationError() }
        #expect(answer.retryAfter == "7")
        let seen = end.seen
        #expect(seen.status == 503 && seen.address == "127.0.0.1" && seen.resolve == nil && seen.tls == nil)
        let (connect, first, total) = (seen.connect ?? -1, seen.firstByte ?? -1, seen.total ?? -1)
        #expect(0 <= connect && connect <= first && first <= total && total > 0)
        let lost = try await send([.say("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nha"), .close])
        #expect(lost.outcome == .failure(Self.closed) && lost.seen.status == 200 && lost.seen.total != nil)
    }

    @Test func `over a connection that is used again there are no times of a connection`() async throws {
        try await RawServer.with([.say(Self.ok)]) { server in
            let sink = try HTTPRequestSink.forLoopback(names: { _ in [.init(ipv4: 0x7F00_0001)] })
            let request = try RunRequest.sample("http://receiver.test:\(server.port)/")
            var seen: [HTTPAttempt] = []
            for _ in 0..<20 where !(seen.last.map { $0.connect == nil } ?? false) {
                seen.append(await sink.send(request).seen)
            }
            #expect(seen.first?.connect != nil && seen.last?.connect == nil && seen.last?.firstByte != nil)
            #expect(seen.allSatisfy { $0.resolve != nil && $0.total ?? 0 >= $0.firstByte ?? 0 })
            await sink.close()
        }
    }

    @Test(
        arguments: [
            [.reset], [.close], [.say("HTTP/1.1 200 OK\r\n"), .reset],
            [.say("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nab"), .reset],
            [.say("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nab"), .close],
            [.say("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nabcde\r\n"), .reset],
        ] as [[RawServer.Step]])
    func `a connection that ends at any stage is one line`(steps: [RawServer.Step]) async throws {
        let outcome = try await send(steps).outcome
        #expect([.failure(Self.closed), .failure(Self.broken)].contains(outcome), "\(outcome)")
    }

    @Test(arguments: [
        "SSH-2.0-OpenSSH_9.2\r\n", "HTTP/9.9 200 OK\r\n\r\n", "HTTP/1.1 abc OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nno colon\r\n\r\n", "HTTP/1.1 000 X\r\ncontent-length: 2\r\n\r\nok",
        "HTTP/1.1 099 X\r\ncontent-length: 2\r\n\r\nok",
        "HTTP/1.1 200 OK\r\ncontent-length: x\r\n\r\n", "HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab",
        "HTTP/1.1 200 OK\r\nx: a\u{0}b\r\ncontent-length: 0\r\n\r\n", "\u{0}\u{1}\u{2}\r\n\r\n",
    ])
    func `an answer that is no HTTP is one line`(text: String) async throws {
        guard case .failure(let line) = try await send([.say(text), .close]).outcome else { throw CancellationError() }
        #expect(!line.isEmpty && line.utf8.count < 220 && !line.unicodeScalars.contains { $0.value < 0x20 })
    }

    @Test func `a head without end is not read for ever`() async throws {
        let line = "x-filler: " + String(repeating: "a", count: 8_000) + "\r\n"
        guard case .failure(let text) = try await send([.say("HTTP/1.1 200 OK\r\n"), .endless(line)]).outcome else {
            throw CancellationError()
        }
        #expect(!text.isEmpty && text.utf8.count < 220)
    }

    @Test func `a compressed answer is kept as it came, however much it would unpack to`() async throws {
        // The beginning of what gzip makes of endless zeros.
        let packed: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3] + [UInt8](repeating: 0xED, count: 50_000)
        let head =
            "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-type: application/json\r\ncontent-length: \(packed.count)\r\n\r\n"
        guard case .answer(let answer) = try await send([.say(head), .bytes(packed)]).outcome else {
            throw CancellationError()
        }
        #expect(answer.body == packed && !answer.isCut)
    }

    @Test func `of many endless answers at once the first part is kept`() async throws {
        try await RawServer.with([.say("HTTP/1.1 200 OK\r\n\r\n"), .endless(String(repeating: "y", count: 100_000))]) {
            server in
            let sink = try HTTPRequestSink.forLoopback()
            let request = try RunRequest.sample("http://127.0.0.1:\(server.port)/")
            let kept = await withTaskGroup(of: Int.self) { group in
                for _ in 0..<100 {
                    group.addTask {
                        guard case .answer(let answer) = await sink.send(request).outcome else { return 0 }
                        return answer.body.count
                    }
                }
                return await group.reduce(0, +)
            }
            await sink.close()
            #expect(kept == 100 * RequestAnswer.longestBody)
        }
    }

    @Test func `a kept connection that is closed by the other side costs no attempt`() async throws {
        // Says its word, and hangs up without having said that it would.
        try await RawServer.with([.say(Self.ok), .close]) { server in
            let sink = try HTTPRequestSink.forLoopback()
            let request = try RunRequest.sample("http://127.0.0.1:\(server.port)/")
            for _ in 0..<100 {
                let end = await sink.send(request)
                #expect(end.seen.status == 200, "\(end)")
            }
            await sink.close()
        }
    }

    @Test func `a fresh connection that is closed without a word is not tried again`() async throws {
        try await RawServer.with([.close]) { server in
            let sink = try HTTPRequestSink.forLoopback()
            let end = await sink.send(try .sample("http://127.0.0.1:\(server.port)/"))
            #expect(end.outcome == .failure(Self.closed) && server.requests.count == 1)
            await sink.close()
        }
    }

    @Test func `a server that never accepts is waited for until the request is broken off`() async throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(listener) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                bind(listener, generic, length) == 0 && listen(listener, 1) == 0
                    && getsockname(listener, generic, &length) == 0
            }
        }
        try #require(isBound)
        let sink = try HTTPRequestSink.forLoopback()
        let request = try RunRequest.sample("http://127.0.0.1:\(UInt16(bigEndian: address.sin_port))/")
        // The first few are taken by the kernel, the others wait for their connection.
        let tasks = (0..<8).map { _ in Task { await sink.send(request) } }
        try await RawServer.with([.say(Self.ok)]) { server in
            let other = try RunRequest.sample("http://127.0.0.1:\(server.port)/")
            #expect(await sink.send(other).seen.status == 200)
        }
        for task in tasks { task.cancel() }
        for task in tasks {
            guard case .failure = await task.value.outcome else { throw CancellationError() }
        }
        await sink.close()
    }
}
