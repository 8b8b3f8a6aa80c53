// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// The config file: the contexts by name, and which of them is the current one.
///
/// Written only by whoever holds the lock of its folder.
struct ConfigFile: Equatable, Sendable {
    static let name = "config.yaml"

    var current: String?
    var contexts: [String: SavedContext] = [:]

    init() {}

    /// Reads it from the folder; an empty one when there is none.
    init(in folder: PrivateFolder) throws(CLIFailure) {
        self.init()
        guard let bytes = try folder.read(Self.name, isSecret: false) else { return }
        self = try ConfigFile(yaml: bytes, path: folder.shownPath(Self.name))
    }

    /// Writes it; comments that somebody put into it are lost.
    func save(in folder: PrivateFolder) throws(CLIFailure) {
        try folder.write(yaml, to: Self.name)
    }

    /// The context of this name, which must be there.
    func context(named name: String) throws(CLIFailure) -> SavedContext {
        if let context = contexts[name] { return context }
        let names = contexts.keys.sorted().joined(separator: ", ")
        throw CLIFailure(
            .usage, "there is no context \(shown(name))",
            hints: names.isEmpty
                ? "There are none yet: `\(CLIMain.programName) context add NAME -u URL` or `login` makes one."
                : "There are: \(names)")
    }

    /// The context that has this address, the current one before others.
    func name(ofURL url: String) -> String? {
        let names = contexts.filter { $0.value.url == url }.keys
        if let current, names.contains(current) { return current }
        return names.min()
    }
}
