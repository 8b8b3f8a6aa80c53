// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// What a worker is asked to do; the raw values are those of action messages.
package enum RunAction: String, Hashable, Sendable {
    /// Start the run.
    case run
    /// Stop the run.
    case cancel
}
