// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// Why a text is not JSON that can be read in one way only.
package struct MalformedJSON: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong; repeats nothing of the text.
    package let reason: String
    /// At which byte, from 0.
    package let offset: Int

    init(_ reason: String, at offset: Int) {
        self.reason = reason
        self.offset = offset
    }

    /// What is wrong and at which byte.
    package var description: String { "\(reason) (at byte \(offset))" }
}
