// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import ArgumentParser
import Shared

/// A word that stands where a command belongs, and is none.
enum UnknownCommand {
    private static let optionsWithValue: Set<String> = ["-u", "--url", "--context", "-o", "--output"]

    /// What to say of a command line that was refused; `nil` when its words lead to a command.
    static func failure(_ words: [String]) -> CLIFailure? {
        var command: any ParsableCommand.Type = CLIMain.self
        var path = [CLIMain.programName]
        var rest = words[...]
        while !command.configuration.subcommands.isEmpty {
            while let word = rest.first, word.hasPrefix("-") {
                rest = rest.dropFirst(optionsWithValue.contains(word) ? 2 : 1)
            }
            guard let word = rest.popFirst(), word != "help" else { return nil }
            let known = command.configuration.subcommands
            guard let next = known.first(where: { names(of: $0).contains(word) }) else {
                return failure(word, known.flatMap { names(of: $0) }, path)
            }
            command = next
            path.append(word)
        }
        return nil
    }

    private static func names(of command: any ParsableCommand.Type) -> [String] {
        [command.configuration.commandName].compactMap { $0 } + command.configuration.aliases
    }

    private static func failure(_ word: String, _ known: [String], _ path: [String]) -> CLIFailure {
        let path = path.joined(separator: " ")
        let long = known.filter { $0.count > 2 }
        let guess = word.lowercased().nearest(in: long, within: 2)
        return CLIFailure(
            .usage, "there is no command \(shown(word))",
            hints: guess.map { "Did you mean: \(path) \($0)" } ?? "All commands: \(path) --help")
    }
}
