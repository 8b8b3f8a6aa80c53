// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

private import FoundationEssentials

/// The logins by the name of their context, in a file that only its owner can read.
///
/// Written only by whoever holds the lock of its folder.
struct TokenFile: Codable, Sendable {
    static let name = "tokens.json"

    private var version = 1
    var logins: [String: StoredLogin] = [:]

    init() {}

    /// Reads it from the folder; an empty one when there is none.
    init(in folder: PrivateFolder) throws(CLIFailure) {
        self.init()
        guard let bytes = try folder.read(Self.name, isSecret: true) else { return }
        // What a decoder says about the text may quote it: it stays here.
        guard let file = try? JSONDecoder().decode(TokenFile.self, from: Data(bytes)), file.version == 1 else {
            let path = folder.shownPath(Self.name)
            throw CLIFailure(
                .other, "\(path) is damaged or from another version",
                hints: "Remove it and log in again: rm \(shellQuoted(path))")
        }
        self = file
    }

    /// Writes it.
    func save(in folder: PrivateFolder) throws(CLIFailure) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(self) else { throw CLIFailure(.other, "the tokens cannot be written") }
        try folder.write(Array(data), to: Self.name)
    }
}
