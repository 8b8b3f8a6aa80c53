// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// Why a text is not the address of a server; never repeats a value of it, which may be a password.
package struct InvalidAddress: Error, Equatable, CustomStringConvertible {
    /// What was expected, to follow "expected".
    package let description: String

    /// To follow "expected"; nothing of the address.
    package init(_ expected: String) {
        description = expected
    }
}
