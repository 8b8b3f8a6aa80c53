// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import Testing

@testable import CLICommands

/// Answers that are none: each is one sentence, and says what to do.
@Suite(.timeLimit(.minutes(1))) struct HTTPTransportTests {
    private static let get = APIRequest(.get, "jobs")

    private static func failure(
        _ server: RawServer, _ request: APIRequest = get, limit: Duration = .seconds(20)
    ) async -> CLIFailure? {
        let transport = HTTPTransport(url: "http://127.0.0.1:\(server.port)/api", limit: limit)
        do throws(CLIFailure) {
            _ = try await transport.send(request, token: "secret-token")
            return nil
        } catch {
            #expect(!error.description.contains("secret-token"))
            #expect(!error.message.contains("\n") && !error.hints.isEmpty)
            return error
        }
    }

    @Test func `an answer comes with its status, headers and body`() async throws {
        try await RawServer.with(answer: "HTTP/1.1 404 Not Found\r\nX-A: b\r\nContent-Length: 2\r\n\r\n{}") { server in
            let transport = HTTPTransport(url: "http://127.0.0.1:\(server.port)/api")
            let answer = try await transport.send(Self.get, token: "secret-token")
            #expect(answer.status == 404 && answer.headers["x-a"] == "b" && answer.body == Array("{}".utf8))
            let request = try #require(server.received.first)
            #expect(request.hasPrefix("GET /api/jobs HTTP/1.1\r\n"))
            #expect(request.contains("\r\nAuthorization: Bearer secret-token\r\n"))
        }
    }

    @Test func `an answer that is too large is not read to its end`() async throws {
        let head = "HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n"
        try await RawServer.with(answer: head, repeating: 9 << 20, closing: false) { server in
            let failure = try #require(await Self.failure(server))
            #expect(failure.code == .other)
            #expect(failure.message.hasSuffix("is larger than 8 MiB"))
            #expect(failure.hints.joined().contains("--limit"))
        }
    }

    @Test func `a redirect is told and not followed, so that the token goes nowhere else`() async throws {
        try await RawServer.with(answer: "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]") { other in
            let location = "http://127.0.0.1:\(other.port)/api/jobs"
            try await RawServer.with(
                answer: "HTTP/1.1 308 Moved\r\nLocation: \(location)\r\nContent-Length: 0\r\n\r\n"
            ) { server in
                let transport = HTTPTransport(url: "http://127.0.0.1:\(server.port)/api")
                let answer = try await transport.send(Self.get, token: "secret-token")
                let failure = CLIFailure(APIProblem(answer))
                #expect(failure.message == "it points to another address, which is not followed: \(location)")
                #expect(failure.hints == ["Give the right address with --url."])
                #expect(other.received.isEmpty)
            }
        }
    }

    @Test func `a request that may have been done is not just to be repeated`() async throws {
        try await RawServer.with(answer: nil) { server in
            let read = try #require(await Self.failure(server, limit: .milliseconds(300)))
            #expect(read.code == .unreachable && read.message.contains("does not answer within"))
            #expect(read.hints == ["Try again."])
            let write = APIRequest(.post, "jobs", body: .object([:]))
            let written = try #require(await Self.failure(server, write, limit: .milliseconds(300)))
            #expect(written.hints == ["It may have been done nevertheless: look before you try again."])
        }
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n[{",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n[",
        "HTTP/1.1 200 OK\r\nContent-",
    ])
    func `a connection that ends in the middle of an answer is said to`(answer: String) async throws {
        try await RawServer.with(answer: answer) { server in
            let failure = try #require(await Self.failure(server))
            #expect(failure.code == .unreachable)
            #expect(failure.message.hasSuffix("closed the connection before the whole answer was there"))
            #expect(failure.hints == ["Try again."])
        }
    }

    @Test func `what speaks something else is told apart from an API that is away`() async throws {
        try await RawServer.with(answer: "SSH-2.0-OpenSSH_9.2\r\n") { server in
            let failure = try #require(await Self.failure(server))
            #expect(failure.message.hasSuffix("does not speak HTTP as it should"))
            #expect(failure.hints.joined().contains("--url"))
        }
    }

    @Test func `that nobody is there is said at once`() async throws {
        let server = try await RawServer.with(answer: nil) { $0 }
        let failure = try #require(await Self.failure(server, limit: .seconds(3)))
        #expect(failure.code == .unreachable)
        #expect(failure.message.hasSuffix("cannot be reached: connection refused"))
        #expect(failure.hints.joined().contains("--url"))
    }
}
