// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

private import Crypto
package import Logging
package import OIDC
package import Shared

/// Accepts the tokens of a file beside those of another verifier: for machines that no issuer knows.
///
/// What was taken out of the file is refused within seconds (``WatchedFile``).
package struct StaticTokens: TokenVerifier {
    private let file: WatchedFile<TokensFile>
    private let next: any TokenVerifier

    /// Those of a file, if there is one, before `next`.
    ///
    /// - Throws: `InvalidSettings` for a file that cannot be read, and for every line that cannot.
    package static func reading(
        _ path: String?, before next: any TokenVerifier, logger: Logger
    ) throws(InvalidSettings) -> any TokenVerifier {
        guard let path else { return next }
        return try StaticTokens(path: path, next: next, logger: logger)
    }

    /// Reads the file; `next` is asked about tokens that are not in it.
    ///
    /// - Throws: `InvalidSettings` for a file that cannot be read, and for every line that cannot.
    package init(
        path: String, next: any TokenVerifier, clock: any EngineClock = SystemClock(), logger: Logger
    ) throws(InvalidSettings) {
        file = try WatchedFile(path: path, setting: .apiTokensFile, clock: clock, logger: logger)
        self.next = next
    }

    /// Who bears the token of this name; of several lines with the name, one.
    package func bearer(named name: String) -> Principal? {
        file.content.bearers.filter { $0.value.subject == name }.min { $0.key < $1.key }?.value
    }

    package func verify(_ token: String) async throws(TokenError) -> Principal {
        let digest = Hexadecimal.text(SHA256.hash(data: Array(token.utf8)))
        if let known = file.content.bearers[digest] { return known }
        return try await next.verify(token)
    }
}

/// The lines of a file of static tokens, `name sha256-hex scope,scope`; blank ones and those that begin with `#` say nothing.
package struct TokensFile: LineFile {
    package static let title = "the file of static tokens"
    /// Who bears the token with this SHA-256, in lower-case hexadecimal.
    package private(set) var bearers: [String: Principal] = [:]
    package private(set) var faults: [(line: Int, expected: String)] = []

    package var count: Int { bearers.count }

    /// No lines.
    package init() {}

    package mutating func read(_ words: [Substring]) throws(Expectation) {
        let (digest, bearer) = try Self.bearer(words)
        guard bearers.updateValue(bearer, forKey: digest) == nil else {
            throw Expectation(text: "a token that no line before has")
        }
    }

    package mutating func add(fault line: Int, _ expected: String) { faults.append((line, expected)) }

    private static func bearer(_ words: [Substring]) throws(Expectation) -> (String, Principal) {
        guard words.count == 3 else {
            throw Expectation(
                text: "a name, the SHA-256 of the token and scopes, such as: ci 9f86…0a08 jobs:read,runs:read")
        }
        guard (1...128).contains(words[0].utf8.count), words[0].utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else {
            throw Expectation(text: "a name of 1 to 128 printable ASCII characters")
        }
        let digest = words[1].lowercased()
        guard digest.utf8.count == 64, digest.utf8.allSatisfy({ "0123456789abcdef".utf8.contains($0) }) else {
            throw Expectation(text: "the SHA-256 of the token, 64 hexadecimal digits, as sha256sum gives it")
        }
        let scopes = words[2].split(separator: ",", omittingEmptySubsequences: false).map { String($0) }
        guard scopes.allSatisfy({ Scope(rawValue: $0) != nil }) else {
            let known = Scope.allCases.map(\.rawValue).joined(separator: ", ")
            throw Expectation(text: "scopes separated by commas, of \(known)")
        }
        let bearer = Principal(
            subject: String(words[0]), clientID: nil, scopes: Set(scopes), expiresAt: .latest)
        return (digest, bearer)
    }
}
