// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// Which context a command means, and which address instead of that context's.
struct ContextChoice: Equatable, Sendable {
    /// The context's name; the config file need not have it.
    var name: String
    /// The address that was given by flag or environment.
    var url: String?

    /// Goes by flag, environment, config file, in this order; see ``APIAccess``.
    ///
    /// With `mayBeNew` a named context need not be there: `login` makes it.
    init(
        _ options: ConnectionOptions, environment: CLIEnvironment, file: ConfigFile, mayBeNew: Bool = false
    ) throws(CLIFailure) {
        if let text = options.url {
            url = try Self.address(text, from: "--url")
        } else if options.context == nil, let text = environment[.url] {
            url = try Self.address(text, from: CLIEnvironment.Variable.url.rawValue)
        }
        if let named = options.context ?? environment[.context] {
            guard SavedContext.isName(named) else {
                throw CLIFailure(.usage, "\(shown(named)) is no name of a context", hints: SavedContext.expectedName)
            }
            if !mayBeNew { _ = try file.context(named: named) }
            name = named
        } else if let url {
            name = file.name(ofURL: url) ?? (mayBeNew ? Self.newName(for: url, file) : SavedContext.defaultName)
        } else {
            name = file.current ?? SavedContext.defaultName
        }
    }

    /// `default`, unless that is another API's: then one like `127.0.0.1-8080`, and nobody's login is lost.
    private static func newName(for url: String, _ file: ConfigFile) -> String {
        guard let taken = file.contexts[SavedContext.defaultName]?.url, taken != url else {
            return SavedContext.defaultName
        }
        let authority = url.drop { $0 != "/" }.dropFirst(2).prefix { $0 != "/" && $0 != "?" }
        let name = String(authority.map { $0 == ":" ? "-" : $0 }.prefix(64))
        return SavedContext.isName(name) && file.contexts[name] == nil ? name : SavedContext.defaultName
    }

    private static func address(_ text: String, from source: String) throws(CLIFailure) -> String {
        guard let url = APIAddress.read(text) else {
            throw CLIFailure(.usage, "\(source): \(shown(text)) is not \(APIAddress.expected)")
        }
        return url
    }
}
