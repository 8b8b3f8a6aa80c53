// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// A hint between our own programs over `scheduler.control`.
///
/// Losing one costs only the wait for the next refresh.
package enum ControlHint: Hashable, Sendable {
    /// The job was made, edited, deleted or unlocked: look at it now.
    case jobChanged(JobName)
    /// Several jobs were unlocked: look for what can be locked.
    case jobsUnlocked
}
