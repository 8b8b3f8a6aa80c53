// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// What went wrong between us and the database, without the words of a driver.
package struct StoreError: Error, Sendable, CustomStringConvertible {
    /// What kind of trouble it is.
    package enum Code: Hashable, Sendable {
        /// Not reachable, no primary, timed out, shutting down: the same call may succeed later. Its effect is unknown.
        case unavailable
        /// The server is there and refuses this call for the moment, for want of room or because somebody stopped it: the
        /// same call may succeed later.
        case busy
        /// The server or the driver refused the call; the same call will be refused again.
        case rejected
        /// The server refused us for good: credentials, rights, an unusable server.
        case forbidden

        /// Whether the same call may succeed later.
        package var isRetriable: Bool { self == .unavailable || self == .busy }
    }

    /// The kind of trouble.
    package let code: Code
    /// One line for an operator; never a connection string or a credential.
    package let description: String

    /// `description` must be safe to log.
    package init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }

    /// Whether the same call may succeed later.
    package var isRetriable: Bool { code.isRetriable }
}
