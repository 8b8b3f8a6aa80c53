// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Logging
import Shared

/// Keeps this instance alive in the eyes of the others: registers, renews, and starts over when it was given up for dead.
package struct LeaseKeeper: Sendable {
    let context: EngineContext
    let claimer: JobClaimer
    let hostname: String
    let wallClock: (@Sendable () -> Timestamp)?

    /// Makes the first lease and learns the server's clock; waits for the database as long as it takes.
    ///
    /// - Returns: whether there is a lease; `false` when the engine is to stop instead.
    func start() async throws(StoreError) -> Bool {
        // Several looks at the server's clock narrow its whole milliseconds down.
        for _ in 0..<8 {
            guard try await context.untilStored("read the clock", observeClock) != nil else { return false }
        }
        return try await register()
    }

    /// Renews until the task is cancelled.
    package func run() async {
        let interval = min(context.settings.heartbeatInterval, context.settings.heartbeatTimeout / 3)
        while !Task.isCancelled {
            do { try await context.clock.sleep(for: interval) } catch { return }
            do {
                try await observeClock()
                try await renew()
            } catch  where error.isRetriable {
                context.metrics.count(.storeErrors)
                if !context.lease.isValid {
                    context.logger.log(.warning, "lease has run out, firing pauses", [.error: "\(error)"])
                }
            } catch {
                context.logger.log(.error, "cannot renew the lease", [.error: "\(error)"])
            }
        }
    }

    /// Leaves what workers say to others once they may hold the jobs, until the task is cancelled: they can store it.
    ///
    /// Not as soon as the lease has run out: to give back all that was delivered and to get it again is much work, which
    /// would keep a slow database from ever recovering.
    package func watch() async {
        let interval = min(context.settings.heartbeatInterval, context.settings.heartbeatTimeout / 3)
        var isPaused = false
        while !Task.isCancelled {
            do { try await context.clock.sleep(for: interval) } catch { return }
            let isDue = isPaused ? context.lease.isValid : context.lease.mayBeTaken
            guard isDue else { continue }
            isPaused.toggle()
            if isPaused { await context.bus.pauseReports() } else { await context.bus.resumeReports() }
        }
    }

    private func renew() async throws(StoreError) {
        let manager = context.lease.managerID
        let askedAt = context.clock.uptime()
        let wasValid = context.lease.isValid
        if try await context.store.renew(manager) {
            // After a gap the jobs may have been edited or deleted: look before firing goes on.
            if !wasValid { await claimer.refreshNow() }
            if context.lease.renewed(askedAt: askedAt) {
                context.logger.log(.notice, "lease is valid again, firing goes on")
            }
            return
        }
        context.metrics.count(.leaseLosses)
        context.logger.log(.warning, "lost the lease and every job, starting over", [.manager: "\(manager)"])
        await claimer.loseAll(newID: ManagerID(context.ids.next(at: context.clock.now())))
        if try await register() { await claimer.noteAll() }
    }

    private func register() async throws(StoreError) -> Bool {
        let manager = context.lease.managerID
        let askedAt = context.clock.uptime()
        let hostname = hostname
        let isRegistered: Void? = try await context.untilStored("register") { () throws(StoreError) in
            try await context.store.register(manager, hostname: hostname)
        }
        guard isRegistered != nil else { return false }
        _ = context.lease.renewed(askedAt: askedAt)
        return true
    }

    private func observeClock() async throws(StoreError) {
        let sentAt = context.clock.uptime()
        let server = try await context.store.serverTime()
        let step = context.clock.observe(server: server, sentAt: sentAt, receivedAt: context.clock.uptime())
        noteSkew()
        guard let step, abs(step.milliseconds) >= 250 else { return }
        context.logger.log(.warning, "the database server's clock was stepped", [.milliseconds: "\(step.milliseconds)"])
        context.table.alarm.ring()
    }

    /// Nothing here depends on the machine's own clock; but logs and workers do, so an operator should know.
    private func noteSkew() {
        guard let skew = wallClock.map({ $0() - context.clock.now() }) else { return }
        let wasOff = context.metrics.noteSkew(skew)
        guard abs(skew.milliseconds) >= 250, !wasOff else { return }
        context.logger.log(
            .warning, "this machine's clock is off from the database server's",
            [.milliseconds: "\(skew.milliseconds)"])
    }
}
