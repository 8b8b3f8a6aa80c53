// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Foundation
import HTTPTypes
import Logging
import REST
import Shared
import TestSupport
import Testing

struct DialectTokensTests {
    private let clock = SettableClock(now: .earliest)

    private func withFile(_ text: String, _ body: (String) async throws -> Void) async throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "dialects-\(UUID().uuidString)").path
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: path) }
        try await body(path)
    }

    private func tokens(_ path: String) throws -> DialectTokens {
        try DialectTokens(path: path, clock: clock, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    private func api(_ tokens: DialectTokens?, origins: String? = nil) -> APITester {
        APITester {
            $0.dialects = Set(Dialect.allCases)
            $0.dialectTokens = tokens
            if let origins { $0.origins = AllowedOrigins(origins) ?? AllowedOrigins() }
        }
    }

    @Test func `a request in the dialect without a token has the token of its line, and no other`() async throws {
        try await withFile("# theirs\n\njobs jobs:read\r\n") { path in
            let api = api(try tokens(path))
            #expect(try await api.send(.get, "/jobs", token: "").status == 200)
            #expect(try await api.send(.get, "/jobs", token: "expired").status == 401)
            #expect(try await api.send(.post, "/jobs", "{}", token: "").status == 403)
            #expect(try await api.send(.get, "/v2/job?id=1", token: "").status == 401)
            #expect(try await api.send(.get, "/api/jobs", token: "").status == 401)
            #expect(try await self.api(nil).send(.get, "/jobs", token: "").status == 401)
        }
    }

    @Test func `a line may name a static token, whose scopes count`() async throws {
        let digest = "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b"
        try await withFile("legacy \(digest) jobs:read\n") { path in
            let names = path + ".names"
            try "jobs legacy\nclockmonster other\n".write(toFile: names, atomically: true, encoding: .utf8)
            defer { try? FileManager.default.removeItem(atPath: names) }
            let assumed = try tokens(names)
            let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            let api = APITester {
                $0.dialects = [.jobs]
                $0.dialectTokens = assumed
                $0.verifier = (try? StaticTokens.reading(path, before: $0.verifier, logger: quiet)) ?? $0.verifier
            }
            #expect(try await api.send(.get, "/jobs", token: "").status == 200)
            #expect(try await api.send(.post, "/jobs", "{}", token: "").status == 403)
            // A name is no token: who sends it as one is not let in by it.
            #expect(try await api.send(.get, "/jobs", token: "legacy").status == 403)
        }
    }

    @Test(arguments: ["jobs", "jobs hush more", "clockwork hush", "Jobs hush", "jobs hush\njobs hush"])
    func `a line that cannot be read is a fault with its number and nothing of the token`(line: String) async throws {
        try await withFile("# first\n\(line)\n") { path in
            let error = #expect(throws: InvalidSettings.self) { try tokens(path) }
            #expect(error?.faults.map(\.subject) == ["\(path):\(line.contains("\n") ? 3 : 2)"])
            #expect(error?.description.contains("hush") == false)
        }
        let missing = #expect(throws: InvalidSettings.self) { try tokens("/nowhere/tokens") }
        #expect(missing?.faults.first?.subject == "SIMPLE_SCHEDULER_DIALECT_TOKENS_FILE")
    }

    @Test func `changes take effect within seconds, and a bad line disturbs no other`() async throws {
        try await withFile("jobs old\n") { path in
            let tokens = try tokens(path)
            try "bad line here\njobs new\n".write(toFile: path, atomically: true, encoding: .utf8)
            clock.advance(by: .seconds(5))
            #expect(tokens.token(of: .jobs)?.secretText == "new" && tokens.token(of: .clockMonster) == nil)
            #expect(!"\(tokens)".contains("new"))
            try FileManager.default.removeItem(atPath: path)
            clock.advance(by: .seconds(5))
            #expect(tokens.token(of: .jobs) == nil)
        }
    }

    @Test func `a web page of another origin changes nothing by a token that is assumed`() async throws {
        try await withFile("jobs jobs:read,jobs:write,runs:write\n") { path in
            let api = api(try tokens(path), origins: "https://good.example")
            let id = UUID().uuidString.lowercased()
            for (origin, status) in [("https://evil.example", 403), ("null", 403), ("https://good.example", 404)] {
                let answer = try await api.send(.post, "/jobs/\(id)/run", token: "", headers: [.origin: origin])
                #expect(answer.status == status, "\(origin)")
            }
            #expect(
                try await api.send(.get, "/jobs", token: "", headers: [.origin: "https://evil.example"]).status == 200)
            let own = try await api.send(.post, "/jobs/\(id)/run", headers: [.origin: "https://evil.example"])
            #expect(own.status == 404)
        }
    }
}
