// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// What one step of pruning did.
package struct PrunedRuns: Hashable, Sendable {
    /// How many runs were deleted.
    package let count: Int
    /// Where the next step goes on: after the job of this name; `nil` = everything was looked at.
    package let position: String?

    package init(count: Int, position: String?) {
        self.count = count
        self.position = position
    }
}
