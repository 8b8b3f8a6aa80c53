// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Logging
package import Shared

/// The tokens that are assumed for requests in a dialect which bring none: the clients of the services that dialects replace know of no
/// tokens (contract, section 12).
package struct DialectTokens: Sendable {
    private let file: WatchedFile<DialectTokensFile>

    /// Those of a file; `nil` without one.
    ///
    /// - Throws: `InvalidSettings` for a file that cannot be read, and for every line that cannot.
    package static func reading(_ path: String?, logger: Logger) throws(InvalidSettings) -> DialectTokens? {
        guard let path else { return nil }
        return try DialectTokens(path: path, logger: logger)
    }

    /// Reads the file.
    ///
    /// - Throws: `InvalidSettings` for a file that cannot be read, and for every line that cannot.
    package init(
        path: String, clock: any EngineClock = SystemClock(), logger: Logger
    ) throws(InvalidSettings) {
        file = try WatchedFile(path: path, setting: .dialectTokensFile, clock: clock, logger: logger)
    }

    /// The token of a dialect, or the name of a static one; `nil` when the file has none.
    package func token(of dialect: Dialect) -> Secret? { file.content.tokens[dialect] }
}

/// The lines of that file, `dialect token`, where the token may be the name of a static one.
package struct DialectTokensFile: LineFile {
    package static let title = "the file of tokens of dialects"
    package private(set) var tokens: [Dialect: Secret] = [:]
    package private(set) var faults: [(line: Int, expected: String)] = []
    package var count: Int { tokens.count }

    /// No lines.
    package init() {}

    package mutating func read(_ words: [Substring]) throws(Expectation) {
        guard words.count == 2 else {
            throw Expectation(text: "a dialect and the token that is assumed for it, such as: jobs 5f3c…")
        }
        guard let dialect = Dialect(rawValue: String(words[0])) else {
            throw Expectation(
                text: "a dialect, one of \(Dialect.allCases.map(\.rawValue).sorted().joined(separator: ", "))")
        }
        guard tokens.updateValue(Secret(String(words[1])), forKey: dialect) == nil else {
            throw Expectation(text: "a dialect that no line before has")
        }
    }

    package mutating func add(fault line: Int, _ expected: String) { faults.append((line, expected)) }
}
