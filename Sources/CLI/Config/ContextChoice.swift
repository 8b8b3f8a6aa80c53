// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// Which context a command means, and which address instead of that context's.
struct ContextChoice: Equatable, Sendable {
    /// The context's name; the config file need not have it.
    var name: String
    /// The address that was given by flag or environment.
    var url: String?

    /// Goes by flag, environment, config file, in this order; see ``Session``.
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
            name = file.name(ofURL: url) ?? SavedContext.defaultName
        } else {
            name = file.current ?? SavedContext.defaultName
        }
    }

    private static func address(_ text: String, from source: String) throws(CLIFailure) -> String {
        guard let url = APIAddress.read(text) else {
            throw CLIFailure(.usage, "\(source): \(shown(text)) is not \(APIAddress.expected)")
        }
        return url
    }
}
