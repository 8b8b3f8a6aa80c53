// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

private import Crypto
package import Logging
package import OIDC
private import ServiceHost
package import Shared
private import Synchronization

/// Accepts the tokens of a file beside those of another verifier: for machines that no issuer knows.
///
/// The file is looked at again when a token comes and the last look was ``interval`` ago: what was taken out of it is refused then,
/// and a line that cannot be read is logged and counts for nothing. While there is no file that can be read, none of its tokens is
/// accepted.
package final class StaticTokens: TokenVerifier {
    private struct State {
        var bearers: [String: Principal]
        var facts: FileFacts?
        var lookedAt: Duration
    }

    /// How long what is known of the file is good for.
    private static let interval = Duration.seconds(2)

    private let path: String
    private let next: any TokenVerifier
    private let clock: any EngineClock
    private let logger: Logger
    private let state: Mutex<State>

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
        let (facts, lookedAt) = (FileFacts(path: path), clock.uptime())
        let file: TokensFile
        do throws(UnreadableFile) {
            file = try TokensFile(SmallFile.read(path, limit: TokensFile.maximumSize))
        } catch {
            throw InvalidSettings([
                SettingFault(.apiTokensFile, value: path, expected: "a file that can be read (\(error.reason))")
            ])
        }
        guard file.faults.isEmpty else {
            throw InvalidSettings(
                file.faults.map { SettingFault(subject: "\(path):\($0.line)", expected: $0.expected) })
        }
        self.path = path
        self.next = next
        self.clock = clock
        self.logger = logger
        state = Mutex(State(bearers: file.bearers, facts: facts, lookedAt: lookedAt))
    }

    package func verify(_ token: String) async throws(TokenError) -> Principal {
        let digest = Hexadecimal.text(SHA256.hash(data: Array(token.utf8)))
        let known = state.withLock { state in
            look(&state)
            return state.bearers[digest]
        }
        if let known { return known }
        return try await next.verify(token)
    }

    private func look(_ state: inout State) {
        let now = clock.uptime()
        guard now - state.lookedAt >= Self.interval else { return }
        state.lookedAt = now
        let facts = FileFacts(path: path)
        guard facts != state.facts else { return }
        state.facts = facts
        do throws(UnreadableFile) {
            let file = try TokensFile(SmallFile.read(path, limit: TokensFile.maximumSize))
            state.bearers = file.bearers
            for fault in file.faults.prefix(20) {
                logger.log(
                    .error, "a line of the file of static tokens cannot be read and does not count",
                    [.object: "\(path):\(fault.line)", .reason: "expected \(fault.expected)"])
            }
            logger.log(.notice, "the file of static tokens was read again", [.count: "\(state.bearers.count)"])
        } catch {
            state.bearers = [:]
            logger.log(
                .error, "the file of static tokens cannot be read: none of them is accepted",
                [.object: "\(path)", .reason: "\(error.reason)"])
        }
    }

}

/// The lines of a file of static tokens, `name sha256-hex scope,scope`; blank ones and those that begin with `#` say nothing.
package struct TokensFile: Sendable {
    /// The most bytes that a file may have.
    package static let maximumSize = 1 << 20

    /// Who bears the token with this SHA-256, in lower-case hexadecimal.
    package private(set) var bearers: [String: Principal] = [:]
    /// What is wrong with a line, counted from 1; never anything of a token.
    package private(set) var faults: [(line: Int, expected: String)] = []

    package init(_ bytes: [UInt8]) {
        guard bytes.count <= Self.maximumSize else {
            faults = [(1, "a file of at most 1 MiB")]
            return
        }
        let lines = String(decoding: bytes, as: UTF8.self).split(omittingEmptySubsequences: false) {
            ["\n", "\r\n"].contains($0)
        }
        for (index, line) in lines.enumerated() {
            let words = line.split { $0 == " " || $0 == "\t" }
            guard let first = words.first, !first.hasPrefix("#") else { continue }
            do throws(Expectation) {
                let (digest, bearer) = try Self.read(words)
                guard bearers.updateValue(bearer, forKey: digest) == nil else {
                    throw Expectation(text: "a token that no line before has")
                }
            } catch {
                faults.append((index + 1, error.text))
            }
        }
    }

    private struct Expectation: Error {
        let text: String
    }

    private static func read(_ words: [Substring]) throws(Expectation) -> (String, Principal) {
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
