// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import ArgumentParser
import Testing

@testable import CLI

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

    @Test(arguments: [["--context", "none"], ["--context", "../x"], ["-u", "localhost:8080"], ["-u", "http://a?b"]])
    func `what cannot be meant is a usage error`(_ words: [String]) {
        let failure = #expect(throws: CLIFailure.self) { try choose(words, [:]) }
        #expect(failure?.code == .usage)
    }
}
