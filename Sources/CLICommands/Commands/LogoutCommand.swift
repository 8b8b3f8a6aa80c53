// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import ArgumentParser

/// `logout`: forgets the tokens, and tells the issuer.
struct LogoutCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logout",
        abstract: "Deletes the stored tokens and revokes them at the issuer.",
        discussion: "The context stays, so that `login` alone logs in again.")

    @OptionGroup var connection: ConnectionOptions

    func run() async throws {
        let environment = CLIEnvironment.process
        let console = Console.standard
        let access = try APIAccess(connection, environment: environment)
        let url = shown(access.url, quoted: false)
        let folder = try environment.configFolder
        if access.hasFixedToken {
            console.note("SIMPLE_SCHEDULER_TOKEN stays set: that token is not ours to forget")
        }
        guard let login = try await StoredLogin.remove(access.context, ifFor: access.url, in: folder) else {
            console.print("Not logged in to \(url).")
            return
        }
        await Revocation(transport: .http).revoke(login, on: console)
        console.print("Logged out of \(url).")
    }
}
