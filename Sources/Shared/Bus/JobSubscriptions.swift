// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// Which jobs' workers this process listens to, and what is kept for a job.
package protocol JobSubscriptions: Sendable {
    /// Listens to the workers of these jobs from now on, over every reconnect; what they said before waits.
    ///
    /// Returns without waiting for the broker. A job that the broker refuses shows in ``BusConnection/state()`` and the log and
    /// does not disturb the others.
    func subscribe(_ jobs: [JobName]) async

    /// Takes in what workers of jobs that are gone have said: as ``subscribe(_:)``, but keeps nothing that is not kept already,
    /// neither now nor when somebody releases it meanwhile.
    func drain(_ jobs: [JobName]) async

    /// Listens to these jobs no longer; what is said from now on waits. What was delivered already may still be processed.
    func unsubscribe(_ jobs: [JobName]) async

    /// Gives up what is kept for jobs that are gone, where no report waits; actions that nobody has taken go with it.
    ///
    /// To be called after ``unsubscribe(_:)``, when no run of them is left. A report that comes while it is released keeps it.
    /// A second call is harmless. Whatever the broker refuses disturbs no other job.
    /// - Returns: one outcome per job, in the same order.
    func release(_ jobs: [JobName]) async -> [ReleaseOutcome]
}

/// What became of the release of a job.
package enum ReleaseOutcome: Hashable, Sendable {
    /// Nothing is kept for it any more.
    case released
    /// Reports are waiting: ``JobSubscriptions/drain(_:)`` them, then try again.
    case reportsWaiting
    /// The broker does not let go of it (no rights, locked, cannot do it now); the reason is for an operator.
    case refused(String)
    /// Not known: not connected, timed out. Try again.
    case unavailable
}
