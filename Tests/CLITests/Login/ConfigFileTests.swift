// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Testing

@testable import CLICommands

@Suite struct ConfigFileTests {
    private func read(_ text: String) throws(CLIFailure) -> ConfigFile {
        try ConfigFile(yaml: Array(text.utf8), path: "config.yaml")
    }

    @Test func `what is written is read back`() throws {
        var file = ConfigFile()
        file.current = "work"
        file.contexts = [
            "work": SavedContext(url: "https://a.example/api", issuer: "https://id.example/", clientID: "a: \"b\" # c"),
            "empty": SavedContext(), "1e3": SavedContext(url: "http://[::1]:8080/api"),
        ]
        #expect(try ConfigFile(yaml: file.yaml, path: "x") == file)
        #expect(try ConfigFile(yaml: ConfigFile().yaml, path: "x") == ConfigFile())
    }

    @Test func `a file that somebody wrote by hand is read`() throws {
        let file = try read(
            """
            # mine
            contexts:
              home: {url: "http://localhost:8080/api/"}
              work:
                url: https://a.example/api
                issuer: https://id.example
                client-id: cli
            current: work
            """)
        #expect(file.current == "work")
        #expect(file.contexts["home"] == SavedContext(url: "http://localhost:8080/api"))
        #expect(file.contexts["work"]?.clientID == "cli")
        #expect(try read("") == ConfigFile())
        #expect(try read("# nothing\n") == ConfigFile())
        #expect(try read("contexts:\n") == ConfigFile())
    }

    @Test(arguments: [
        ("current: a\nfoo: 1", "config.yaml:2: unknown key \"foo\"", "current, contexts"),
        ("contexts:\n  a:\n    uri: x", "config.yaml:3: unknown key \"uri\"", "url, issuer, client-id"),
        ("contexts:\n  a:\n    url: ftp://x", "config.yaml:3: url must be", ""),
        ("contexts:\n  a:\n    url: http://x/?y", "config.yaml:3: url must be", ""),
        ("contexts:\n  a:\n    issuer: x", "config.yaml:3: issuer must be", ""),
        ("contexts:\n  a:\n    url: [1]", "config.yaml:3: a text is expected", ""),
        ("contexts: [a]", "config.yaml:1: contexts must be a mapping", ""),
        ("contexts:\n  \"\\e[31m\": {}", "config.yaml:2: \"\\u001b[31m\" is no name", "letter or a digit"),
        ("current: b\ncontexts: {a: {}}", "names b as the current context", "a"),
        ("contexts:\n  a: {}\n  a: {}", "config.yaml:3: duplicate key \"a\"", ""),
        ("contexts: {", "config.yaml:", ""),
    ])
    func `what is wrong is said with its line and what is allowed`(_ text: String, _ message: String, _ hint: String) {
        let failure = #expect(throws: CLIFailure.self) { try read(text) }
        #expect(failure?.code == .usage)
        #expect(failure?.message.contains(message) == true, "\(failure?.message ?? "")")
        #expect(hint.isEmpty || failure?.hints.first?.contains(hint) == true)
    }
}
