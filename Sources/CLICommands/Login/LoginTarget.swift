// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// What `login` was told, by flag, environment and config file: for which API, at which issuer, as which client.
struct LoginTarget: Equatable, Sendable {
    let context: String
    let url: String
    let issuer: IssuerURL
    let clientID: String
    /// What to ask for beside the scopes of the contract; an empty text asks for nothing special again.
    let audience: String?
    let scope: String?

    /// Where nobody named a context and there is an address, the context that has it counts, else `default`, else one that
    /// is named like the address.
    init(
        _ options: ConnectionOptions, issuer: String?, clientID: String?, audience: String? = nil, scope: String? = nil,
        environment: CLIEnvironment, file: ConfigFile
    ) throws(CLIFailure) {
        let choice = try ContextChoice(options, environment: environment, file: file, mayBeNew: true)
        let saved = file.contexts[choice.name] ?? SavedContext()
        context = choice.name
        url = choice.url ?? saved.url ?? APIAddress.fallback
        // Another API may well have another issuer: what is known of one says nothing about the other.
        let known = saved.url == nil || saved.url == url ? saved : SavedContext()
        guard let id = clientID ?? environment[.clientID] ?? known.clientID else {
            throw Self.missing("which client this is", "-c CLIENT_ID", .clientID)
        }
        guard let text = issuer ?? environment[.issuer] ?? known.issuer else {
            throw Self.missing("who issues the tokens", "-i ISSUER_URL", .issuer)
        }
        guard let address = IssuerURL(text) else {
            throw CLIFailure(.usage, "the issuer \(shown(text)) is not an address such as https://id.example.com")
        }
        self.issuer = address
        self.clientID = id
        self.audience = (audience ?? known.audience).flatMap { $0.isEmpty ? nil : $0 }
        self.scope = (scope ?? known.scope).flatMap { $0.isEmpty ? nil : $0 }
    }

    private static func missing(_ what: String, _ flag: String, _ variable: CLIEnvironment.Variable) -> CLIFailure {
        CLIFailure(
            .usage, "it is not known \(what)",
            hints: "Give \(flag), or set \(variable.rawValue). Whoever runs the API knows it.")
    }
}
