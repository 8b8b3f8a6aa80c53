// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// Why no keys came from the issuer.
package struct IssuerFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// One line for an operator; nothing of what the issuer sent is in it.
    package let description: String

    /// The text goes into logs and into readiness reports.
    package init(_ description: String) {
        self.description = description
    }
}
