// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Foundation
import Logging
import OIDC
import REST
import Shared
import TestSupport
import Testing

struct StaticTokensTests {
    /// What `printf secret | sha256sum` gives.
    private static let digest = "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b"

    private struct Nobody: TokenVerifier {
        func verify(_ token: String) async throws(TokenError) -> Principal { throw .unknownToken }
    }

    private func withFile(_ text: String, _ body: (String) async throws -> Void) async throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "tokens-\(UUID().uuidString)").path
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: path) }
        try await body(path)
    }

    private func tokens(_ path: String, _ clock: SettableClock) throws -> StaticTokens {
        try StaticTokens(
            path: path, next: Nobody(), clock: clock, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    @Test func `a token has the name and the scopes of its line, others are the next one's`() async throws {
        try await withFile("# ours\n\nci \(Self.digest.uppercased()) jobs:read,runs:write\r\n") { path in
            let tokens = try tokens(path, SettableClock(now: .earliest))
            let bearer = try await tokens.verify("secret")
            #expect(bearer.subject == "ci")
            #expect(bearer.scopes == ["jobs:read", "runs:write"])
            await #expect(throws: TokenError.unknownToken) { try await tokens.verify("secret2") }
            await #expect(throws: TokenError.unknownToken) { try await tokens.verify(Self.digest) }
        }
    }

    @Test(arguments: [
        "ci", "ci \(digest)", "ci \(digest) jobs:read more", "ci abc jobs:read", "ci \(digest.dropLast())g jobs:read",
        "ci \(digest) jobs:all", "ci \(digest) jobs:read,", "c\u{e9} \(digest) jobs:read",
        "a \(digest) jobs:read\nb \(digest) jobs:read",
    ])
    func `a line that cannot be read is a fault with its number and nothing of the token`(line: String) async throws {
        try await withFile("# first\n\(line)\n") { path in
            let error = #expect(throws: InvalidSettings.self) {
                try tokens(path, SettableClock(now: .earliest))
            }
            #expect(error?.faults.map(\.subject) == ["\(path):\(line.contains("\n") ? 3 : 2)"])
            #expect(error?.description.contains(Self.digest) == false)
        }
    }

    @Test func `a file that is not there is a fault`() {
        let error = #expect(throws: InvalidSettings.self) {
            try tokens("/nowhere/tokens", SettableClock(now: .earliest))
        }
        #expect(error?.faults.first?.subject == "SIMPLE_SCHEDULER_API_TOKENS_FILE")
    }

    @Test func `changes take effect within seconds, and a bad line disturbs no other`() async throws {
        try await withFile("old \(Self.digest) jobs:read\n") { path in
            let clock = SettableClock(now: .earliest)
            let tokens = try tokens(path, clock)
            try "bad line\nnew \(Self.digest) runs:read\n".write(toFile: path, atomically: true, encoding: .utf8)
            #expect(try await tokens.verify("secret").subject == "old", "it is not looked at for every request")
            clock.advance(by: .seconds(5))
            let bearer = try await tokens.verify("secret")
            #expect(bearer.subject == "new" && bearer.scopes == ["runs:read"])
            try FileManager.default.removeItem(atPath: path)
            clock.advance(by: .seconds(5))
            await #expect(throws: TokenError.unknownToken) { try await tokens.verify("secret") }
        }
    }
}
