// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// There is no other token than the one that the API has refused, though that has not expired: what the API says about it
/// is what counts, and logging in in the same way would bring another of its kind.
struct NoOtherToken: Error, Equatable {
    /// Why it could not be renewed; `nil` when a login like this never is.
    var reason: String?
}
