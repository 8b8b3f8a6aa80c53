// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// The token of `SIMPLE_SCHEDULER_TOKEN`, for CI: nothing is stored, nothing refreshed.
struct FixedToken: TokenSource {
    private let text: String

    /// Takes what may stand in a header.
    init(_ text: String) throws(CLIFailure) {
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }), text.utf8.count <= 16 * 1024 else {
            throw CLIFailure(
                .usage,
                "SIMPLE_SCHEDULER_TOKEN is not a token: it has spaces, line breaks or other characters that no token has,"
                    + " or is longer than 16 KiB")
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
