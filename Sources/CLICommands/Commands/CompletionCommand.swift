// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import ArgumentParser

struct CompletionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "completion", abstract: "Prints a shell's completion script.",
        discussion: """
            It completes commands, flags, and the names of jobs, which it asks the API for.

              bash: simple-scheduler-cli completion bash > ~/.local/share/bash-completion/completions/simple-scheduler-cli
              zsh:  simple-scheduler-cli completion zsh > a folder of $fpath/_simple-scheduler-cli
              fish: simple-scheduler-cli completion fish > ~/.config/fish/completions/simple-scheduler-cli.fish
            """)

    @Argument(help: "bash, zsh or fish.")
    var shell: Shell

    enum Shell: String, CaseIterable, ExpressibleByArgument {
        case bash, zsh, fish

        var shell: CompletionShell {
            switch self {
            case .bash: .bash
            case .zsh: .zsh
            case .fish: .fish
            }
        }
    }

    func run() {
        Console.standard.print(Self.script(for: shell))
    }

    static func script(for shell: Shell) -> String {
        let script = CLIMain.completionScript(for: shell.shell)
        guard shell == .fish else { return script }
        // fish 3 takes `commandline -o -tC`, which the script uses, for a command to change the line. Where in the word
        // the cursor is does not matter to our completions; its length is always in it.
        return script.replacing("(__\(CLIMain.programName)_tokens -tC)", with: "(string length -- (commandline -t))")
    }
}
