// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import ArgumentParser
import Testing

@testable import CLICommands

@Suite struct LoginCommandTests {
    @Test func `login has the short flags of the Go program`() throws {
        let command = try #require(
            try CLIMain.parseAsRoot(["login", "-c", "id", "-s", "-", "-i", "https://id.example", "-u", "http://a"])
                as? LoginCommand)
        #expect(command.clientID == "id" && command.clientSecret == "-")
        #expect(command.issuer == "https://id.example" && command.connection.url == "http://a")
    }

    @Test func `two ways to log in at once are a usage error`() {
        #expect(throws: (any Error).self) { try CLIMain.parseAsRoot(["login", "--device", "--client-credentials"]) }
    }

    @Test(arguments: [
        ["logout"], ["whoami", "-o", "json"], ["context", "add", "a", "-u", "http://a", "-i", "http://b", "-c", "d"],
        ["context", "use", "a"], ["context", "ls"], ["context", "show"], ["context", "remove", "a"],
    ])
    func `the commands around it are there`(_ words: [String]) throws {
        _ = try CLIMain.parseAsRoot(words)
    }
}
