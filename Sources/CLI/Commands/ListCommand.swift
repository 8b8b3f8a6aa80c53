// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import ArgumentParser

struct ListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Lists jobs, runs or Schedulers.",
        subcommands: [ListJobsCommand.self, ListRunsCommand.self, ListManagersCommand.self], aliases: ["l", "ls"])
}
