// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// Whose workers this process listens to, and what is kept for a job.
package protocol JobSubscriptions: Sendable {
    /// Listens to these workers from now on, over every reconnect; what they said before waits. Once, however often it is called.
    ///
    /// Returns without waiting for the broker. Those that the broker refuses show in ``BusConnection/state()`` and the log and
    /// do not disturb the others.
    func subscribe(_ workers: [WorkerAddress]) async

    /// Takes in what workers of jobs that are gone have said: as ``subscribe(_:)``, but keeps nothing that is not kept already,
    /// neither now nor when somebody releases it meanwhile.
    func drain(_ jobs: [JobName]) async

    /// Listens to these workers no longer; what is said from now on waits. What was delivered already may still be processed.
    func unsubscribe(_ workers: [WorkerAddress]) async

    /// Gives up what is kept for jobs that are gone, and for them alone, where no report waits; actions that nobody has taken go with it.
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
