// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// One thing that must be well for the program to do its work, as `/readyz` shows it.
package struct ReadinessCheck: Hashable, Sendable {
    /// What was looked at, such as `database`.
    package let name: String
    /// Whether it is well.
    package let isOK: Bool
    /// More for an operator; whoever reaches the address may read it, so it holds nothing secret.
    package let detail: String

    package init(_ name: String, isOK: Bool, detail: String = "") {
        self.name = name
        self.isOK = isOK
        self.detail = detail
    }
}
