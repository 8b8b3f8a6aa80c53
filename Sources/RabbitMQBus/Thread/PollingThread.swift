// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Glibc
import Shared
import Synchronization

/// The executor of one connection: an own OS thread that runs the actor's jobs, lets it serve its socket, and waits in
/// `poll` for the next of either.
///
/// So nothing that the actor is asked to write ever waits behind a blocking read. The thread ends after the last
/// reference to this executor is gone.
final class PollingThread: SerialExecutor {
    private let loop: PollingLoop

    init(name: String) {
        loop = PollingLoop()
        loop.start(name: name)
    }

    deinit {
        loop.stop()
    }

    /// Sets what is called after every batch of jobs and every wake-up, on the thread; `nil` from it = wait for a job.
    func onTurn(_ turn: @escaping @Sendable () -> PollPlan?) {
        loop.setTurn(turn)
    }

    func enqueue(_ job: consuming ExecutorJob) {
        loop.enqueue(UnownedJob(job), on: self)
    }

    func checkIsolated() {
        precondition(loop.isCurrent, "must be called on the thread of the connection")
    }

    func isIsolatingCurrentContext() -> Bool? {
        loop.isCurrent
    }
}
