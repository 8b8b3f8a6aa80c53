// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// What a connection's thread waits for next; a job for its actor always wakes it.
struct PollPlan {
    /// The socket; negative = none.
    var socket: Int32 = -1
    /// Whether free space in the send buffer is waited for.
    var wantsWrite = false
    /// At most this long; `nil` = without end.
    var timeout: Duration?
}
