// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import ArgumentParser

struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Runs a job now.", subcommands: [RunJobCommand.self])
}
