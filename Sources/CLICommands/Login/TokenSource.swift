// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// Where requests to the API get their access token from.
protocol TokenSource: Sendable {
    /// A token that is good for now; one that is about to expire is refreshed first.
    ///
    /// Throws `CLIFailure` with code `refused` when one has to log in, and `unreachable` when the issuer does not answer.
    func token() async throws -> String

    /// Another token than this one, which the API has refused with 401.
    ///
    /// Throws as `token()` does; `NoOtherToken`, or `refused` with what to do, when there is no other.
    func token(insteadOf refused: String) async throws -> String
}

/// There is no other token than the one that the API has refused, though that has not expired: what the API says about it
/// is what counts, and logging in in the same way would bring another of its kind.
struct NoOtherToken: Error, Equatable {
    /// Why it could not be renewed; `nil` when a login like this never is.
    var reason: String?
}

/// The token of `SIMPLE_SCHEDULER_TOKEN`, for CI: nothing is stored, nothing refreshed.
struct FixedToken: TokenSource {
    private let text: String

    /// Takes what may stand in a header.
    init(_ text: String) throws(CLIFailure) {
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }), text.utf8.count <= 16 * 1024 else {
            throw CLIFailure(
                .usage, "SIMPLE_SCHEDULER_TOKEN is no token: spaces, line ends or letters are in it that none has")
        }
        self.text = text
    }

    func token() async throws -> String { text }

    func token(insteadOf refused: String) async throws -> String {
        let end = TokenFacts(refused).expiresAt
        let start = end.map { $0 < SystemClock().now() ? "It has expired: set" : "Set" } ?? "If it has expired, set"
        throw CLIFailure(
            .refused, "the API does not accept the token in SIMPLE_SCHEDULER_TOKEN",
            hints: "\(start) another one, or unset the variable to use a stored login.")
    }
}
