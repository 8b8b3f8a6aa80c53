// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import ArgumentParser
import Shared

/// `whoami`: as whom one is logged in, and where.
struct WhoamiCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "whoami",
        abstract: "Shows who is logged in, to which API, and until when.",
        discussion: "Exit code 77 when you are not.")

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func run() async throws {
        let access = try APIAccess(connection)
        // An expired token is renewed, or it turns out that it cannot be.
        let token = try await access.tokens.token()
        let console = Console.standard
        let printer = ItemPrinter(format: output.format, screen: console.screen())
        console.print(printer.lines(try item(access, token), .login))
    }

    private func item(_ access: APIAccess, _ token: String) throws -> Item {
        let claims = TokenFacts(token)
        var members: [String: JSONValue] = ["url": .string(access.url)]
        func set(_ name: String, _ text: String?) { members[name] = text.map { .string($0) } }
        if let tokens = access.tokens as? SavedTokens {
            let login = try tokens.stored()
            set("context", access.context)
            set("user", login.name ?? login.subject ?? claims.subject)
            set("subject", login.subject ?? claims.subject)
            set("client", login.clientID)
            set("issuer", login.issuer)
            set("login", login.grant.rawValue)
            set("expiresAt", login.expiresAt.map { Timestamp(millisecondsSinceEpoch: $0).rfc3339 })
            members["scopes"] = .array(login.scopes.map { .string($0) })
            members["renewable"] = .bool(login.isRenewable)
        } else if access.tokens is LocalToken {
            set("user", "owner")
            set("login", "local")
            members["renewable"] = .bool(false)
        } else {
            set("user", claims.subject)
            set("subject", claims.subject)
            set("client", claims.clientID)
            set("issuer", claims.issuer)
            set("login", "SIMPLE_SCHEDULER_TOKEN")
            set("expiresAt", claims.expiresAt?.rfc3339)
            if let scopes = claims.scopes { members["scopes"] = .array(scopes.map { .string($0) }) }
            members["renewable"] = .bool(false)
        }
        return Item(members: members)
    }
}
