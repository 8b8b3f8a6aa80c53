// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import ArgumentParser
import Testing

@testable import CLICommands

@Suite struct ContextChoiceTests {
    private static let file: ConfigFile = {
        var file = ConfigFile()
        file.current = "work"
        file.contexts = [
            "work": SavedContext(url: "https://work.example/api"),
            "home": SavedContext(url: "https://home.example/api"),
        ]
        return file
    }()

    private func choose(_ words: [String], _ variables: [String: String]) throws -> ContextChoice {
        try ContextChoice(
            ConnectionOptions.parse(words), environment: CLIEnvironment(variables), file: Self.file)
    }

    @Test(
        arguments: [
            ([], [:], "work", nil),
            (["--context", "home"], [:], "home", nil),
            ([], ["SIMPLE_SCHEDULER_CONTEXT": "home"], "home", nil),
            (["--context", "work"], ["SIMPLE_SCHEDULER_CONTEXT": "home"], "work", nil),
            ([], ["SIMPLE_SCHEDULER_URL": "https://home.example/api/"], "home", "https://home.example/api"),
            (["-u", "http://new.example"], [:], "default", "http://new.example"),
            (["-u", "http://a"], ["SIMPLE_SCHEDULER_URL": "http://b"], "default", "http://a"),
            // A flag wins over the environment, whatever each of them names.
            (["--context", "home"], ["SIMPLE_SCHEDULER_URL": "http://b"], "home", nil),
            (["--context", "home", "-u", "http://a"], [:], "home", "http://a"),
            ([], ["SIMPLE_SCHEDULER_URL": ""], "work", nil),
        ] as [([String], [String: String], String, String?)])
    func `flags win over the environment, and both over the file`(
        _ words: [String], _ variables: [String: String], _ name: String, _ url: String?
    ) throws {
        let choice = try choose(words, variables)
        #expect(choice.name == name)
        #expect(choice.url == url)
    }

    @Test func `a login to another API takes no other context's place`() throws {
        var file = Self.file
        func name(_ url: String) throws -> String {
            try ContextChoice(
                ConnectionOptions.parse(["-u", url]), environment: CLIEnvironment([:]), file: file, mayBeNew: true
            ).name
        }
        #expect(try name("http://127.0.0.1:8081/api") == "default")
        file.contexts["default"] = SavedContext(url: "http://127.0.0.1:8080/api")
        #expect(try name("http://127.0.0.1:8080/api") == "default")
        #expect(try name("http://127.0.0.1:8081/api") == "127.0.0.1-8081")
        #expect(try name("https://home.example/api") == "home")
    }

    @Test(arguments: [["--context", "none"], ["--context", "../x"], ["-u", "localhost:8080"], ["-u", "http://a?b"]])
    func `what cannot be meant is a usage error`(_ words: [String]) {
        let failure = #expect(throws: CLIFailure.self) { try choose(words, [:]) }
        #expect(failure?.code == .usage)
    }
}
