// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// An API and how one logs in to it, under a name in the config file.
struct SavedContext: Equatable, Sendable {
    var url: String?
    var issuer: String?
    var clientID: String?
    /// What `login --audience` and `login --scope` were told last.
    var audience: String?
    var scope: String?

    /// What `login` uses when no other is named.
    static let defaultName = "default"

    /// What a name may look like, for messages.
    static let expectedName = "1 to 64 of A-Z a-z 0-9 . _ -, the first a letter or a digit"

    static func isName(_ text: String) -> Bool {
        guard (1...64).contains(text.utf8.count), let first = text.utf8.first else { return false }
        return first.isAlphanumeric && text.utf8.allSatisfy { $0.isAlphanumeric || "._-".utf8.contains($0) }
    }
}
