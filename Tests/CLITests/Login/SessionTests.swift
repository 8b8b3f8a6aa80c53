// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import ArgumentParser
import Testing

@testable import CLICommands

@Suite struct SessionTests {
    @Test func `a token of the environment needs neither a home nor a login`() async throws {
        let environment = CLIEnvironment(["SIMPLE_SCHEDULER_TOKEN": "abc", "SIMPLE_SCHEDULER_URL": "http://a/api"])
        let session = try Session(ConnectionOptions.parse([]), environment: environment)
        #expect(session.url == "http://a/api")
        #expect(try await session.tokens.token() == "abc")
        let failure = await #expect(throws: CLIFailure.self) { try await session.tokens.token(insteadOf: "abc") }
        #expect(failure?.code == .refused)
    }

    @Test func `a token that cannot be one is refused without being shown`() {
        let environment = CLIEnvironment(["SIMPLE_SCHEDULER_TOKEN": "secret\nvalue"])
        let failure = #expect(throws: CLIFailure.self) {
            try Session(ConnectionOptions.parse([]), environment: environment)
        }
        #expect(failure?.code == .usage)
        #expect(failure?.description.contains("secret") == false)
    }

    @Test func `who is not logged in is told the command`() async throws {
        try await withConfigFolder { _, environment in
            let session = try Session(ConnectionOptions.parse([]), environment: environment)
            #expect(session.url == "http://localhost:8080/api")
            let failure = await #expect(throws: CLIFailure.self) { try await session.tokens.token() }
            #expect(failure?.code == .refused)
            #expect(failure?.message == "not logged in to http://localhost:8080/api")
            #expect(
                failure?.hints == [
                    "Log in: simple-scheduler-cli login -c CLIENT_ID -i ISSUER_URL -u http://localhost:8080/api"
                ])
        }
    }

    @Test func `a stored token goes to no other API than its own`() async throws {
        try await withConfigFolder { folder, environment in
            try folder.make()
            var tokens = TokenFile()
            tokens.logins["work"] = .example()
            try tokens.save(in: folder)
            var file = ConfigFile()
            file.contexts["work"] = SavedContext(url: "https://api.example/api")
            file.current = "work"
            try file.save(in: folder)
            let words = ["--context", "work", "-u", "https://evil.example/api"]
            let session = try Session(ConnectionOptions.parse(words), environment: environment)
            let failure = await #expect(throws: CLIFailure.self) { try await session.tokens.token() }
            #expect(failure?.message == "not logged in to https://evil.example/api")
        }
    }
}
