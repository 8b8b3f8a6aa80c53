// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import ArgumentParser

struct DisableJobCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "job", abstract: "Disables a job; running runs continue.",
        aliases: ["j"])

    @OptionGroup var target: JobSwitch

    func run() async throws {
        try await target.turn(on: false)
    }
}
