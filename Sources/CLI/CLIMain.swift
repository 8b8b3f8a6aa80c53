// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import ArgumentParser
import Shared

/// The command line: people manage jobs and runs with it, through the API.
@main
struct CLIMain: AsyncParsableCommand {
    static let programName = "simple-scheduler-cli"

    static let configuration = CommandConfiguration(
        commandName: programName,
        abstract: "Manages the jobs and runs of Simple Scheduler through its API.",
        version: "\(programName) \(ProductVersion.text)")
}
