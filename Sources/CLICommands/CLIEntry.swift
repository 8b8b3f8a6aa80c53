// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import ArgumentParser
import Dispatch
private import Glibc

/// Where the program begins.
///
/// ArgumentParser's own `main` would put its word in front of our messages, and knows none of our exit codes. And it
/// would wake the concurrency runtime for `--version` and for a slip of the pen, which then cost a tenth more memory.
package enum CLIEntry {
    /// Runs the command that the process was started with; ends the process.
    package static func main() {
        signal(SIGPIPE, SIG_IGN)
        let words = Array(CommandLine.arguments.dropFirst())
        // A shell that asks for the names of jobs waits for the API.
        if words.first == "---completion" {
            finish(words) { _ = try await CLIMain.asyncParseAsRoot(words) }
        }
        do {
            var command = try CLIMain.parseAsRoot(HyphenValue.joined(SecretWord.joined(TruthValue.filledIn(words))))
            guard let waiting = command as? any AsyncParsableCommand else { return try command.run() }
            // It was made here, and nobody else has it.
            nonisolated(unsafe) var handed = waiting
            finish(words) { try await handed.run() }
        } catch {
            end(with: error, after: words)
        }
    }

    /// Does what waits, then ends the program.
    private static func finish(_ words: [String], _ work: sending @escaping () async throws -> Void) -> Never {
        Task {
            do {
                try await work()
                Glibc.exit(0)
            } catch {
                end(with: error, after: words)
            }
        }
        dispatchMain()
    }

    private static func end(with error: any Error, after words: [String]) -> Never {
        switch error {
        case let failure as CLIFailure: fail(failure)
        case let problem as APIProblem: fail(CLIFailure(problem))
        case _ where CLIMain.exitCode(for: error) == .validationFailure:
            if let failure = UnknownCommand.failure(words) { fail(failure) }
            var text = ParserMessage.explained(CLIMain.fullMessage(for: error), after: words)
            if text.hasPrefix("Error: ") { text = "error: " + text.dropFirst(7) }
            Console.standard.note(text)
            Glibc.exit(CLIFailure.Code.usage.rawValue)
        default: CLIMain.exit(withError: error)
        }
    }

    private static func fail(_ failure: CLIFailure) -> Never {
        Console.standard.endProgress()
        Console.standard.note("\(failure)")
        Glibc.exit(failure.code.rawValue)
    }
}
