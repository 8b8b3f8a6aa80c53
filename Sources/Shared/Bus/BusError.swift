// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// What went wrong between us and the broker, without the words of a driver.
package struct BusError: Error, Sendable, CustomStringConvertible {
    /// What kind of trouble it is.
    package enum Code: Hashable, Sendable {
        /// Not connected, timed out, blocked: the same call may succeed later.
        case unavailable
        /// The broker refused us for good: credentials, rights, an unusable broker.
        case forbidden
        /// The bus was closed by its owner.
        case closed
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
}
