// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

extension StoredLogin {
    /// Who is logged in, for people; a client that acts for itself is named by its id.
    var who: String { name ?? subject ?? clientID }
}
