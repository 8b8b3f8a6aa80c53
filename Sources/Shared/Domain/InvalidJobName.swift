// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// Why a text is not the name of a job.
package struct InvalidJobName: Error, Equatable, CustomStringConvertible {
    /// The rule that was broken, to follow the word "name"; never repeats the text.
    package let reason: String

    package var description: String { reason }
}
