// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import ArgumentParser

struct AddCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Makes something new.", subcommands: [AddJobCommand.self], aliases: ["a"])
}
