// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// The kind of queue that our programs declare for jobs (`SIMPLE_SCHEDULER_QUEUE_TYPE`).
package enum QueueType: String, CaseIterable, Hashable, Sendable {
    /// Declared without arguments, as existing workers declare them too.
    case classic
    /// Replicated; declared with `x-queue-type: quorum`, which every worker must then do as well.
    case quorum
}
