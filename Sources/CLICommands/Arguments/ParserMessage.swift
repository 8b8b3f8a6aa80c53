// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import ArgumentParser
import Shared

/// What the parser says of a command line that it refused, with what it cannot know.
enum ParserMessage {
    private static let commands: Set<String> = ["add", "a", "update", "u"]

    /// Adds the flag that was meant by the name of a field in another spelling (`--maxQueueCount`), which the parser finds
    /// too far away, and names the flag whose value a word was to be that it takes for a second name of a job.
    static func explained(_ message: String, after words: [String]) -> String {
        guard !commands.isDisjoint(with: words) else { return message }
        return flag(in: message) ?? truthValue(in: message, words) ?? message
    }

    private static func flag(in message: String) -> String? {
        guard let (name, rest) = quoted(in: message, after: "Error: Unknown option '--"), !rest.hasPrefix(". Did"),
            let field = JobField(spelled: name)
        else { return nil }
        return "Error: Unknown option '--\(name)'. Did you mean '\(JobField.flag(for: field.rawValue))'?\(rest)"
    }

    private static func truthValue(in message: String, _ words: [String]) -> String? {
        guard let (word, rest) = quoted(in: message, after: "Error: Unexpected argument '"),
            let flag = zip(words, words.dropFirst()).first(where: { TruthValue.flags.contains($0) && $1 == word })?.0
        else { return nil }
        return "Error: '\(word)' is no value for '\(flag)': true or false.\(rest)"
    }

    /// The text up to the next quote, and what follows that.
    private static func quoted(in message: String, after start: String) -> (text: String, rest: Substring)? {
        guard message.hasPrefix(start) else { return nil }
        let text = message.dropFirst(start.count).prefix { $0 != "'" }
        return (String(text), message.dropFirst(start.count + text.count + 1))
    }
}

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
