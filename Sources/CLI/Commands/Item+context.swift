// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

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
