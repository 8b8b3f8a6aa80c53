// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import ArgumentParser

struct CancelCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel", abstract: "Cancels a run.", subcommands: [CancelRunCommand.self])
}

struct CancelRunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Cancels a run.",
        discussion: "A run that no worker has heard of ends at once; another when its worker says so.", aliases: ["r"])

    @OptionGroup var reference: RunReference
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    func run() async throws {
        let request = APIRequest(.post, "runs", reference.id, "cancel")
        try await APIClient(connection).send(request, about: reference.subject)
        Console.standard.print("run \(reference.id) is being cancelled")
    }
}
