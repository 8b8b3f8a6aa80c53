// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import CRabbitMQ
import Glibc
import Shared
import Synchronization

/// What ``PollingThread`` and its OS thread share; the thread holds this only, so that the executor can go away.
final class PollingLoop: Sendable {
    private struct Entry {
        let job: UnownedJob
        /// Kept until the job has run: the job may drop the last other reference.
        let executor: PollingThread
    }

    private struct State {
        var entries: [Entry] = []
        var turn: (@Sendable () -> PollPlan?)?
        var isStopped = false
    }

    private let state = Mutex(State())
    private let wakeup = WakeupDescriptor()
    private let thread = Atomic<UInt>(0)

    /// Whether the caller runs on the thread.
    var isCurrent: Bool { thread.load(ordering: .relaxed) == pthread_self() }

    func start(name: String) {
        var handle = pthread_t()
        let box = unsafe Unmanaged.passRetained(PollingStart(loop: self, name: name))
        let status = unsafe pthread_create(
            &handle, nil,
            { argument in
                guard let argument = unsafe argument else { return nil }
                let start = unsafe Unmanaged<PollingStart>.fromOpaque(argument).takeRetainedValue()
                unsafe simple_scheduler_name_thread(start.name)
                start.loop.run()
                return nil
            }, box.toOpaque())
        precondition(status == 0, "pthread_create failed: this process has no threads left at start")
        pthread_detach(handle)
    }

    func stop() {
        state.withLock { $0.isStopped = true }
        wakeup.signal()
    }

    func setTurn(_ turn: @escaping @Sendable () -> PollPlan?) {
        state.withLock { $0.turn = turn }
        wakeup.signal()
    }

    func enqueue(_ job: UnownedJob, on executor: PollingThread) {
        let wasEmpty = state.withLock { state in
            state.entries.append(Entry(job: job, executor: executor))
            return state.entries.count == 1
        }
        if wasEmpty, !isCurrent { wakeup.signal() }
    }

    private func run() {
        thread.store(pthread_self(), ordering: .relaxed)
        while true {
            runJobs()
            let (turn, isStopped) = state.withLock { ($0.turn, $0.isStopped) }
            if isStopped { return }
            wait(turn.map { $0() ?? PollPlan() } ?? PollPlan())
        }
    }

    private func runJobs() {
        while true {
            let entries = state.withLock { state in
                let entries = state.entries
                state.entries = []
                return entries
            }
            if entries.isEmpty { return }
            for entry in entries {
                unsafe entry.job.runSynchronously(on: entry.executor.asUnownedSerialExecutor())
            }
        }
    }

    private func wait(_ plan: PollPlan) {
        let hasJobs = state.withLock { !$0.entries.isEmpty }
        let milliseconds = plan.timeout.map { Int32(clamping: ($0 + .microseconds(999)).milliseconds) } ?? -1
        let events = POLLIN | (plan.wantsWrite ? POLLOUT : 0)
        var watched = [
            pollfd(fd: wakeup.descriptor, events: Int16(POLLIN), revents: 0),
            pollfd(fd: plan.socket, events: Int16(events), revents: 0),
        ]
        // Ends early with EINTR at worst: the turn finds nothing to do.
        _ = unsafe poll(&watched, 2, hasJobs ? 0 : max(milliseconds, -1))
        if watched[0].revents != 0 { wakeup.drain() }
    }
}

/// What a connection's thread waits for next; a job for its actor always wakes it.
struct PollPlan {
    /// The socket; negative = none.
    var socket: Int32 = -1
    /// Whether free space in the send buffer is waited for.
    var wantsWrite = false
    /// At most this long; `nil` = without end.
    var timeout: Duration?
}

/// What a new thread is given.
private final class PollingStart: Sendable {
    let loop: PollingLoop
    let name: String

    init(loop: PollingLoop, name: String) {
        self.loop = loop
        self.name = name
    }
}
