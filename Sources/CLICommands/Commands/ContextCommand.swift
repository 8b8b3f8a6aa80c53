// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import ArgumentParser
import Shared

/// `context`: several APIs by name.
struct ContextCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "context",
        abstract: "Manages contexts: several APIs by name, each with its login.",
        subcommands: [ContextAdd.self, ContextUse.self, ContextList.self, ContextShow.self, ContextRemove.self])
}

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

/// `context use`: makes a context the one that commands mean.
struct ContextUse: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "use", abstract: "Makes a context the current one.")

    @Argument(help: ArgumentHelp("The context.", valueName: "name"), completion: ContextNames.completion)
    var name: String

    func run() async throws {
        let folder = try CLIEnvironment.process.configFolder
        try folder.make()
        try await folder.locked {
            var file = try ConfigFile(in: folder)
            _ = try file.context(named: name)
            file.current = name
            try file.save(in: folder)
        }
        Console.standard.print("The current context is \(name).")
    }
}

/// `context list`: all of them.
struct ContextList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Lists the contexts; a star marks the current one.", aliases: ["l", "ls"])

    @OptionGroup var output: OutputOptions

    func run() async throws {
        let folder = try CLIEnvironment.process.configFolder
        let file = try ConfigFile(in: folder)
        let tokens = try TokenFile(in: folder)
        let items = file.contexts.sorted { $0.key < $1.key }.map { name, _ in
            Item(contextNamed: name, in: file, tokens)
        }
        let console = Console.standard
        if items.isEmpty, output.format == .table {
            console.note("There are no contexts yet: `context add` or `login` makes one.")
        }
        console.print(ItemPrinter(format: output.format, screen: console.screen()).lines(items, .context))
    }
}

/// `context show`: one of them.
struct ContextShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Shows a context, the current one unless named.")

    @Argument(help: ArgumentHelp("The context.", valueName: "name"), completion: ContextNames.completion)
    var name: String?

    @OptionGroup var output: OutputOptions

    func run() async throws {
        let folder = try CLIEnvironment.process.configFolder
        let file = try ConfigFile(in: folder)
        guard let name = name ?? CLIEnvironment.process[.context] ?? file.current else {
            throw CLIFailure(
                .usage, "there is no current context", hints: "`context add` or `login` makes one.")
        }
        _ = try file.context(named: name)
        let item = Item(contextNamed: name, in: file, try TokenFile(in: folder))
        output.print(item, .context)
    }
}

/// `context remove`: forgets an API, and the login to it.
struct ContextRemove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Removes a context, and logs out of it.")

    @Argument(help: ArgumentHelp("The context.", valueName: "name"), completion: ContextNames.completion)
    var name: String

    func run() async throws {
        let folder = try CLIEnvironment.process.configFolder
        let console = Console.standard
        _ = try ConfigFile(in: folder).context(named: name)
        let login = try await StoredLogin.remove(name, in: folder)
        let wasCurrent = try await folder.locked {
            var file = try ConfigFile(in: folder)
            file.contexts[name] = nil
            let wasCurrent = file.current == name
            if wasCurrent { file.current = nil }
            try file.save(in: folder)
            return wasCurrent
        }
        if let login { await Revocation(transport: .http).revoke(login, on: console) }
        console.print("Removed context \(name).")
        if wasCurrent {
            console.note("It was the current one. Choose another: \(CLIMain.programName) context use NAME")
        }
    }
}

/// Names of contexts, for shells that complete them; none when the config file cannot be read.
enum ContextNames {
    static let completion = CompletionKind.custom { _, _, _ in
        guard let folder = try? CLIEnvironment.process.configFolder, let file = try? ConfigFile(in: folder) else {
            return []
        }
        return file.contexts.keys.sorted()
    }
}

extension Item {
    /// A context as it is shown; no token is in it.
    init(contextNamed name: String, in file: ConfigFile, _ tokens: TokenFile) {
        let context = file.contexts[name] ?? SavedContext()
        let login = tokens.logins[name].flatMap { $0.url == (context.url ?? APIAddress.fallback) ? $0 : nil }
        var members: [String: JSONValue] = [
            "name": .string(name), "current": .bool(file.current == name),
            "url": .string(context.url ?? APIAddress.fallback),
        ]
        members["issuer"] = context.issuer.map { .string($0) }
        members["client"] = context.clientID.map { .string($0) }
        members["audience"] = context.audience.map { .string($0) }
        members["scope"] = context.scope.map { .string($0) }
        members["user"] = login.map { .string($0.who) }
        self.init(members: members)
    }
}
