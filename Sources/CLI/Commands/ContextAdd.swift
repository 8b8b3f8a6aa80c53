// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import ArgumentParser
import Shared

/// `context add`: remembers an API.
struct ContextAdd: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Adds an API under a name. The first one becomes the current one.")

    @Argument(help: ArgumentHelp("The name: \(SavedContext.expectedName).", valueName: "name"))
    var name: String

    @OptionGroup var address: AddressOption

    @Option(name: .shortAndLong, help: ArgumentHelp("The OpenID provider's address.", valueName: "url"))
    var issuer: String?

    @Option(name: .shortAndLong, help: ArgumentHelp("The client that is registered for this program.", valueName: "id"))
    var clientID: String?

    func run() async throws {
        guard SavedContext.isName(name) else {
            throw CLIFailure(.usage, "\(shown(name)) is no name of a context", hints: SavedContext.expectedName)
        }
        guard let url = address.url else { throw CLIFailure(.usage, "which API? Give its address with --url") }
        guard let address = APIAddress.read(url) else {
            throw CLIFailure(.usage, "--url: \(shown(url)) is not \(APIAddress.expected)")
        }
        if let issuer, IssuerURL(issuer) == nil {
            throw CLIFailure(.usage, "--issuer: \(shown(issuer)) is not an address such as https://id.example.com")
        }
        let folder = try CLIEnvironment.process.configFolder
        try folder.make()
        let isCurrent = try await folder.locked {
            var file = try ConfigFile(in: folder)
            guard file.contexts[name] == nil else {
                throw CLIFailure(
                    .usage, "there is a context \(name) already",
                    hints: "Look at it: \(CLIMain.programName) context show \(name)",
                    "Remove it, with its login: \(CLIMain.programName) context remove \(name)")
            }
            file.contexts[name] = SavedContext(url: address, issuer: issuer, clientID: clientID)
            if file.current == nil { file.current = name }
            try file.save(in: folder)
            return file.current == name
        }
        Console.standard.print("Added context \(name)\(isCurrent ? ", which is the current one" : "").")
    }
}
