// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import ArgumentParser

struct PreviewCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "preview", abstract: "Shows what is to come.", subcommands: [PreviewJobCommand.self])
}
