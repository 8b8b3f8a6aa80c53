// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// What became of the removal of a job's objects.
package enum RemovalOutcome: Hashable, Sendable {
    /// They are gone.
    case removed
    /// Messages of workers are waiting in an inbound queue, which therefore stays: consume them, then try again.
    case notEmpty
    /// The broker does not let go of one of them (no rights, locked, cannot do it now); the reason is for an operator.
    case refused(String)
    /// Not known: not connected, timed out. Try again.
    case unavailable
}
