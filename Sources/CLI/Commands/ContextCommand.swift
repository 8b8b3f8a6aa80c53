// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import ArgumentParser

/// `context`: several APIs by name.
struct ContextCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "context",
        abstract: "Manages contexts: several APIs by name, each with its login.",
        subcommands: [ContextAdd.self, ContextUse.self, ContextList.self, ContextShow.self, ContextRemove.self])
}
