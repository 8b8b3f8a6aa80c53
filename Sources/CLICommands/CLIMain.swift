// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import ArgumentParser
import Shared

/// The command line: people manage jobs and runs with it, through the API.
struct CLIMain: AsyncParsableCommand {
    static let programName = "simple-scheduler-cli"

    static let configuration = CommandConfiguration(
        commandName: programName,
        abstract: "Manages the jobs and runs of Simple Scheduler through its API.",
        discussion: """
            Names are a command's argument or --name. Durations are written as 90s, 5m, 1h30m, 2d, or in milliseconds.

            Exit codes: 0 done, 64 wrong usage, 77 not logged in or refused, 69 the API cannot be reached, 1 anything \
            else.
            """,
        version: "\(programName) \(ProductVersion.text)",
        subcommands: [
            AddCommand.self, UpdateCommand.self, ListCommand.self, GetCommand.self, DeleteCommand.self,
            EnableCommand.self, DisableCommand.self, RunCommand.self, CancelCommand.self, WatchCommand.self,
            PreviewCommand.self, TestCommand.self, ApplyCommand.self, DiffCommand.self, ExportCommand.self,
            CompletionCommand.self,
            LoginCommand.self, LogoutCommand.self, WhoamiCommand.self, ContextCommand.self,
        ])

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions
}
