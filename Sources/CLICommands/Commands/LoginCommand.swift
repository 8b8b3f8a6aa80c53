// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import ArgumentParser
import Shared

/// `login`: obtains tokens and keeps them.
struct LoginCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "login",
        abstract: "Logs in to an API, through its issuer's login page.",
        discussion: """
            The login page opens in a browser on this machine, which comes back to http://localhost:5556/callback. On a \
            machine without a browser use --device; for programs, --client-credentials.

            What was given is remembered: the next login, and all other commands, need no options. Tokens are kept in \
            the config folder, readable by you alone, and renewed by themselves.
            """)

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("The client that is registered for this program at the issuer.", valueName: "id"))
    var clientID: String?

    @Option(
        name: [.customShort("s"), .long],
        help: ArgumentHelp(
            "The client's secret, - to read it from standard input. A public client has none.",
            discussion: "Better than on the command line: SIMPLE_SCHEDULER_CLIENT_SECRET.", valueName: "secret"))
    var clientSecret: String?

    @Option(name: .shortAndLong, help: ArgumentHelp("The OpenID provider's address.", valueName: "url"))
    var issuer: String?

    @Flag(help: "Show a code to be entered on another machine's browser.")
    var device = false

    @Flag(help: "Log in as the client itself, for programs.")
    var clientCredentials = false

    @Option(
        help: ArgumentHelp(
            "What the tokens shall be good for, separated by spaces.",
            discussion: """
                Default: jobs:read jobs:write runs:read runs:write, and openid and offline_access where a person logs in. \
                Remembered; '' stands for the default again.
                """, valueName: "scopes"))
    var scope: String?

    @Option(
        help: ArgumentHelp(
            "Which API the tokens shall be for, where the provider wants to be told.",
            discussion: "Sent as audience: Auth0 needs it. Remembered; '' sends none again.", valueName: "audience"))
    var audience: String?

    @Flag(help: "Accept an issuer on another machine without TLS, this time.")
    var insecure = false

    @OptionGroup var connection: ConnectionOptions

    func validate() throws {
        if device && clientCredentials {
            throw ValidationError("--device and --client-credentials exclude each other.")
        }
    }

    func run() async throws {
        try await run(environment: .process, console: .standard, transport: .http)
    }

    private func run(environment: CLIEnvironment, console: Console, transport: IssuerTransport) async throws {
        let folder = try environment.configFolder
        let target = try LoginTarget(
            connection, issuer: issuer, clientID: clientID, audience: audience, scope: scope,
            environment: environment, file: ConfigFile(in: folder))
        if environment[.token] != nil {
            console.note("warning: SIMPLE_SCHEDULER_TOKEN is set, and other commands use it instead of this login")
        }
        warnOfPlainHTTP(target, console)
        // Trouble with the folder is known before somebody types a password.
        try folder.make()
        _ = try TokenFile(in: folder)
        let grant: StoredLogin.Grant = device ? .device : clientCredentials ? .clientCredentials : .code
        let secret = try SecretSource(environment: environment, console: console)
            .secret(clientSecret, isRequired: clientCredentials)
        let provider = try await Provider.discover(target.issuer, allowsInsecure: insecure, transport: transport)
        let plan = LoginPlan(
            context: target.context, url: target.url, provider: provider,
            client: ClientIdentity(id: target.clientID, secret: secret),
            scopes: scopes(target.scope, grant, provider), grant: grant, audience: target.audience)
        let login = try await obtain(plan, environment, console, transport)
        try await keep(login, target, in: folder)
        report(login, target, console)
    }

    private func scopes(_ scope: String?, _ grant: StoredLogin.Grant, _ provider: Provider) -> [String] {
        guard let scope else { return LoginPlan.scopes(for: grant, of: provider) }
        let named = scope.split(separator: " ").map(String.init)
        // Without identity a login in a browser could not be told from somebody else's.
        return grant == .clientCredentials || named.contains("openid") ? named : ["openid"] + named
    }

    private func obtain(
        _ plan: LoginPlan, _ environment: CLIEnvironment, _ console: Console, _ transport: IssuerTransport
    ) async throws -> StoredLogin {
        let now: @Sendable () -> Timestamp = { SystemClock().now() }
        let say: @Sendable (String) -> Void = { console.note($0) }
        switch plan.grant {
        case .code:
            return try await CodeLogin(
                plan: plan, transport: transport, browser: Browser(environment), now: now, say: say
            ).run()
        case .device:
            return try await DeviceLogin(plan: plan, transport: transport, now: now, time: MachineTime(), say: say)
                .run()
        case .clientCredentials:
            return try await ClientCredentialsLogin(plan: plan, transport: transport, now: now).run()
        }
    }

    private func keep(_ login: StoredLogin, _ target: LoginTarget, in folder: PrivateFolder) async throws {
        try await folder.locked {
            var tokens = try TokenFile(in: folder)
            tokens.logins[target.context] = login
            var config = try ConfigFile(in: folder)
            config.contexts[target.context] = SavedContext(
                url: target.url, issuer: target.issuer.description, clientID: target.clientID,
                audience: target.audience, scope: target.scope)
            config.current = target.context
            try tokens.save(in: folder)
            try config.save(in: folder)
        }
    }

    private func report(_ login: StoredLogin, _ target: LoginTarget, _ console: Console) {
        // Others, such as those that name an audience, need not come back.
        let missing = login.requestedScopes.filter { LoginPlan.apiScopes.contains($0) && !login.scopes.contains($0) }
        if !missing.isEmpty {
            console.note("warning: the issuer did not grant \(shown(missing.joined(separator: " "), quoted: false))")
        }
        let context = target.context == SavedContext.defaultName ? "" : " (context \(target.context))"
        console.print(
            "Logged in to \(shown(target.url, quoted: false)) as \(shown(login.who, quoted: false))\(context).")
    }

    private func warnOfPlainHTTP(_ target: LoginTarget, _ console: Console) {
        if target.issuer.isUnprotected, insecure {
            console.note(
                "WARNING: the issuer \(target.issuer) is not protected by TLS. Whoever is in between can read your"
                    + " password and your tokens, and log in as you. This is not remembered.")
        }
        if let url = WebAddress(target.url), !url.isSecure, !url.isLoopback {
            console.note(
                "warning: the API \(target.url) is not protected by TLS: whoever is in between can take your token")
        }
    }
}
