// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// Why a database file cannot be used, in one sentence that says what to do; the file is as it was.
package struct UnusableDatabase: Error, Sendable, CustomStringConvertible {
    package let description: String
    /// Whether it may pass by itself: another program holds the file for the moment, the disk is full.
    package let mayPass: Bool

    init(_ description: String, mayPass: Bool = false) {
        self.description = description
        self.mayPass = mayPass
    }
}
