// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// The API that a command talks to, and whose token it sends: what flags, environment and config file come to.
///
/// ```swift
/// let access = try APIAccess(connection)        // connection: ConnectionOptions
/// let token = try await access.tokens.token()  // throws CLIFailure .refused, with the login command, when logged out
/// ```
///
/// The address: `--url`, else that of the context named by `--context`, else `SIMPLE_SCHEDULER_URL`, else that of the
/// context (`SIMPLE_SCHEDULER_CONTEXT`, or the config file's current one), else `http://localhost:8080/api`. The token:
/// `SIMPLE_SCHEDULER_TOKEN`, else that of the stored login. With an address given and no context named, the context
/// that has this address counts. An API of this machine that no context knows gets the token of the local data folder,
/// if there is one. A stored token is never sent to another API than the one it was obtained for.
struct APIAccess: Sendable {
    /// The API's address, `http` or `https`, without a slash at its end: `http://localhost:8080/api`.
    let url: String
    /// Whose token; nothing is read, and nobody asked, before the first call.
    let tokens: any TokenSource
    /// The name of the context, under which the login is stored.
    let context: String
    /// The context as the config file has it; an empty one when it has none of that name.
    let saved: SavedContext
    /// Whether the token comes from `SIMPLE_SCHEDULER_TOKEN`.
    let hasFixedToken: Bool

    /// Reads the config file, and the token of the local data folder where that counts.
    ///
    /// - Throws: `CLIFailure` with code `usage` when a flag, a variable or the config file is at fault.
    init(_ options: ConnectionOptions, environment: CLIEnvironment = .process) throws(CLIFailure) {
        // A container may have no home, and with a token of its own no need for one.
        let folder = environment[.token] == nil ? try environment.configFolder : try? environment.configFolder
        let file = try folder.map { folder throws(CLIFailure) in try ConfigFile(in: folder) } ?? ConfigFile()
        let choice = try ContextChoice(options, environment: environment, file: file)
        context = choice.name
        saved = file.contexts[choice.name] ?? SavedContext()
        url = choice.url ?? saved.url ?? APIAddress.fallback
        if let text = environment[.token] {
            hasFixedToken = true
            tokens = try FixedToken(text)
        } else {
            hasFixedToken = false
            let isNamed = (options.context ?? environment[.context]) != nil
            let isKnown = file.contexts[choice.name] != nil && (saved.url == nil || saved.url == url)
            if !isNamed, !isKnown, let address = WebAddress(url), address.isLoopback,
                let local = try LocalToken(environment, url: url)
            {
                tokens = local
                return
            }
            // Another API's context says nothing about who issues the tokens for this one.
            let known = saved.url == nil || saved.url == url ? saved : SavedContext()
            let command = LoginCommandLine(
                context: choice.name, url: url, issuer: known.issuer ?? environment[.issuer],
                clientID: known.clientID ?? environment[.clientID], audience: known.audience)
            tokens = SavedTokens(
                folder: try environment.configFolder, context: choice.name, url: url, loginCommand: command)
        }
    }
}
