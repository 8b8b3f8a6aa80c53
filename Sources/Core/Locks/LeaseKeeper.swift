// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Logging
import Shared

/// Keeps this instance alive in the eyes of the others: registers, renews, and starts over when it was given up for dead.
struct LeaseKeeper: Sendable {
    let environment: EngineEnvironment
    let holdings: Holdings
    let ownership: any Ownership
    let reports: any ReportSource
    let ids: IdentifierGenerator
    let claimer: JobClaimer
    let hostname: String
    let wallClock: (@Sendable () -> Timestamp)?

    /// Makes the first lease and learns the server's clock; waits for the database as long as it takes.
    ///
    /// - Returns: whether there is a lease; `false` when the engine is to stop instead.
    func start() async throws(StoreError) -> Bool {
        // Several looks at the server's clock narrow its whole milliseconds down.
        for _ in 0..<8 {
            guard try await environment.untilStored("read the clock", observeClock) != nil else { return false }
        }
        return try await register()
    }

    /// Renews until the task is cancelled.
    func run() async {
        let interval = min(environment.settings.heartbeatInterval, environment.settings.heartbeatTimeout / 3)
        while !Task.isCancelled {
            do { try await environment.clock.sleep(for: interval) } catch { return }
            do {
                try await observeClock()
                try await renew()
            } catch  where error.isRetriable {
                environment.metrics.count(.storeErrors)
                if !holdings.lease.isValid {
                    environment.logger.log(.warning, "lease has run out, firing pauses", [.error: "\(error)"])
                }
            } catch {
                environment.logger.log(.error, "cannot renew the lease", [.error: "\(error)"])
            }
        }
    }

    /// Leaves what workers say to others once they may hold the jobs, until the task is cancelled: they can store it.
    ///
    /// Not as soon as the lease has run out: to give back all that was delivered and to get it again is much work, which
    /// would keep a slow database from ever recovering.
    func watch() async {
        let interval = min(environment.settings.heartbeatInterval, environment.settings.heartbeatTimeout / 3)
        var isPaused = false
        while !Task.isCancelled {
            do { try await environment.clock.sleep(for: interval) } catch { return }
            let isDue = isPaused ? holdings.lease.isValid : holdings.lease.mayBeTaken
            guard isDue else { continue }
            isPaused.toggle()
            if isPaused { await reports.pauseReports() } else { await reports.resumeReports() }
        }
    }

    private func renew() async throws(StoreError) {
        let manager = holdings.lease.managerID
        let askedAt = environment.clock.uptime()
        let wasValid = holdings.lease.isValid
        if try await ownership.renew(manager) {
            // After a gap the jobs may have been edited or deleted: look before firing goes on.
            if !wasValid { await claimer.refreshNow() }
            if holdings.lease.renewed(askedAt: askedAt) {
                environment.logger.log(.notice, "lease is valid again, firing goes on")
            }
            return
        }
        environment.metrics.count(.leaseLosses)
        environment.logger.log(.warning, "lost the lease and every job, starting over", [.manager: "\(manager)"])
        await claimer.loseAll(newID: ManagerID(ids.next(at: environment.clock.now())))
        if try await register() { await claimer.noteAll() }
    }

    private func register() async throws(StoreError) -> Bool {
        let manager = holdings.lease.managerID
        let askedAt = environment.clock.uptime()
        let hostname = hostname
        let isRegistered: Void? = try await environment.untilStored("register") { () throws(StoreError) in
            try await ownership.register(manager, hostname: hostname)
        }
        guard isRegistered != nil else { return false }
        _ = holdings.lease.renewed(askedAt: askedAt)
        return true
    }

    private func observeClock() async throws(StoreError) {
        let sentAt = environment.clock.uptime()
        let server = try await ownership.serverTime()
        let step = environment.clock.observe(server: server, sentAt: sentAt, receivedAt: environment.clock.uptime())
        noteSkew()
        guard let step, abs(step.milliseconds) >= 250 else { return }
        environment.logger.log(
            .warning, "the database server's clock was stepped", [.milliseconds: "\(step.milliseconds)"])
        holdings.table.alarm.ring()
    }

    /// Nothing here depends on the machine's own clock; but logs and workers do, so an operator should know.
    private func noteSkew() {
        guard let skew = wallClock.map({ $0() - environment.clock.now() }) else { return }
        let wasOff = environment.metrics.noteSkew(skew)
        guard abs(skew.milliseconds) >= 250, !wasOff else { return }
        environment.logger.log(
            .warning, "this machine's clock is off from the database server's",
            [.milliseconds: "\(skew.milliseconds)"])
    }
}
