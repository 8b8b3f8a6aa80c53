// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import ArgumentParser
import Shared

struct EnableCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "enable", abstract: "Enables a job.", subcommands: [EnableJobCommand.self])
}

struct EnableJobCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "job", abstract: "Enables a job; its slots are fired again.", aliases: ["j"])

    @OptionGroup var target: JobSwitch

    func run() async throws {
        try await target.turn(on: true)
    }
}

struct DisableCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "disable", abstract: "Disables a job.", subcommands: [DisableJobCommand.self])
}

struct DisableJobCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "job", abstract: "Disables a job; running runs continue.",
        aliases: ["j"])

    @OptionGroup var target: JobSwitch

    func run() async throws {
        try await target.turn(on: false)
    }
}

/// What `enable job` and `disable job` are alike in.
struct JobSwitch: ParsableArguments {
    @OptionGroup var job: JobReference
    @OptionGroup(title: "Connection") var connection: ConnectionOptions
    @OptionGroup(title: "Output") var output: OutputOptions

    func turn(on isEnabled: Bool) async throws {
        let api = try APIClient(connection)
        let patch = JSONValue.object(["enabled": .bool(isEnabled)])
        try await api.send(APIRequest(.patch, "jobs", job.text, body: patch), about: job.subject)
        try await output.report(job.text, done: isEnabled ? "enabled" : "disabled", by: api)
    }
}
