// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// Why a connection cannot be used any more, or was not made.
struct LinkError: Error, Equatable {
    /// Whether the broker itself said no to this user or virtual host.
    var isRefusal = false
    /// One line for an operator, without credentials.
    let reason: String
}
