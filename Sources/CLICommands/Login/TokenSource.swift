// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

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
