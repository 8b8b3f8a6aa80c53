// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import ArgumentParser

struct EnableJobCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "job", abstract: "Enables a job; its slots are fired again.", aliases: ["j"])

    @OptionGroup var target: JobSwitch

    func run() async throws {
        try await target.turn(on: true)
    }
}
