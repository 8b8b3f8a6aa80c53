// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import ArgumentParser
import Foundation
import Testing

@testable import CLICommands

@Suite struct APIAccessTests {
    @Test func `a token of the environment needs neither a home nor a login`() async throws {
        let environment = CLIEnvironment(["SIMPLE_SCHEDULER_TOKEN": "abc", "SIMPLE_SCHEDULER_URL": "http://a/api"])
        let access = try APIAccess(ConnectionOptions.parse([]), environment: environment)
        #expect(access.url == "http://a/api")
        #expect(try await access.tokens.token() == "abc")
        let failure = await #expect(throws: CLIFailure.self) { try await access.tokens.token(insteadOf: "abc") }
        #expect(failure?.code == .refused)
    }

    @Test func `a token that cannot be one is refused without being shown`() {
        let environment = CLIEnvironment(["SIMPLE_SCHEDULER_TOKEN": "secret\nvalue"])
        let failure = #expect(throws: CLIFailure.self) {
            try APIAccess(ConnectionOptions.parse([]), environment: environment)
        }
        #expect(failure?.code == .usage)
        #expect(failure?.description.contains("secret") == false)
    }

    @Test func `who is not logged in is told the command`() async throws {
        try await withConfigFolder { _, environment in
            let access = try APIAccess(ConnectionOptions.parse([]), environment: environment)
            #expect(access.url == "http://localhost:8080/api")
            let failure = await #expect(throws: CLIFailure.self) { try await access.tokens.token() }
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
            let access = try APIAccess(ConnectionOptions.parse(words), environment: environment)
            let failure = await #expect(throws: CLIFailure.self) { try await access.tokens.token() }
            #expect(failure?.message == "not logged in to https://evil.example/api")
        }
    }

    /// A data folder with a token, and an environment that leads to it.
    private func withLocalToken(_ body: (PrivateFolder, CLIEnvironment) async throws -> Void) async throws {
        try await withConfigFolder { folder, environment in
            let parent = try #require(environment["XDG_CONFIG_HOME"])
            let environment = CLIEnvironment(["XDG_CONFIG_HOME": parent, "XDG_DATA_HOME": parent + "/data"])
            let data = try #require(environment.dataFolder)
            try data.make()
            try data.write(Array("local-token\n".utf8), to: "token")
            try await body(folder, environment)
        }
    }

    @Test(arguments: [[], ["-u", "http://127.0.0.1:9/api"], ["-u", "http://[::1]:8080/api"]] as [[String]])
    func `an API of this machine gets the token of the local data folder`(words: [String]) async throws {
        try await withLocalToken { _, environment in
            let access = try APIAccess(ConnectionOptions.parse(words), environment: environment)
            #expect(try await access.tokens.token() == "local-token")
            let failure = await #expect(throws: CLIFailure.self) {
                try await access.tokens.token(insteadOf: "local-token")
            }
            #expect(failure?.code == .refused)
            #expect(failure?.description.contains("local-token") == false)
        }
    }

    @Test func `nobody else gets it, and no context that is known or named`() async throws {
        try await withLocalToken { folder, environment in
            func isLocal(_ words: [String]) throws -> Bool {
                try APIAccess(ConnectionOptions.parse(words), environment: environment).tokens is LocalToken
            }
            #expect(try !isLocal(["-u", "https://api.example/api"]))
            #expect(try !isLocal(["-u", "http://localhost.example/api"]))
            try folder.make()
            var file = ConfigFile()
            file.contexts["work"] = SavedContext(url: "http://localhost:8080/api", issuer: "https://id.example")
            try file.save(in: folder)
            #expect(try !isLocal(["-u", "http://localhost:8080/api"]))
            #expect(try !isLocal(["--context", "work"]))
            #expect(try isLocal(["-u", "http://localhost:8081/api"]))
            file.current = "work"
            try file.save(in: folder)
            #expect(try !isLocal([]))
        }
    }

    @Test func `a token that others can read is not used`() async throws {
        try await withLocalToken { _, environment in
            let data = try #require(environment.dataFolder)
            #expect(chmod(data.path + "/token", 0o644) == 0)
            #expect(throws: CLIFailure.self) { try APIAccess(ConnectionOptions.parse([]), environment: environment) }
        }
    }
}
