// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// Why a text is not JSON that can be read in one way only.
package struct MalformedJSON: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong and at which byte; repeats nothing of the text.
    package let description: String

    init(_ reason: String, at offset: Int) {
        description = "\(reason) (at byte \(offset))"
    }
}
