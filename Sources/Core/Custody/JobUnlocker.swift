// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Logging
import Metrics
package import Shared

/// The Custodian's first duty: each `CLEANUP_INTERVAL`, unlocks the jobs whose owner is dead, and hints that it did.
///
/// Several at once are harmless, and so is one that is stopped in the middle: each step is one guarded update in the
/// database.
package actor JobUnlocker {
    private let store: any Housekeeping & ServerClock
    private let bus: (any MessageBus)?
    private let clock: any EngineClock
    private let cleanupInterval: Duration
    private let heartbeatTimeout: Duration
    private let random: InjectedRandom
    private let logger: Logger
    private var permission: UnlockPermission
    private var contact = StoreContact()

    /// `bus` is where hints go, if anywhere.
    package init(
        store: any Housekeeping & ServerClock, bus: (any MessageBus)?, clock: any EngineClock,
        cleanupInterval: Duration,
        heartbeatTimeout: Duration, random: InjectedRandom = InjectedRandom(), logger: Logger
    ) {
        self.store = store
        self.bus = bus
        self.clock = clock
        self.cleanupInterval = cleanupInterval
        self.heartbeatTimeout = heartbeatTimeout
        self.random = random
        self.logger = logger
        permission = UnlockPermission(timeout: heartbeatTimeout)
    }

    /// Sweeps until the task is cancelled; waits out every outage.
    ///
    /// - Throws: only when the database refuses us for good (`forbidden`).
    package func run() async throws(StoreError) {
        var retry = Backoff(initial: .milliseconds(250), maximum: .seconds(5), random: random)
        while !Task.isCancelled {
            switch try await runOnce() {
            case .done:
                retry.reset()
                try await pauseKeepingContact()
            case .held:
                retry.reset()
                await pause(min(cleanupInterval, contactInterval))
            case .failed: await pause(retry.next())
            }
        }
    }

    /// One sweep: proves contact, and unlocks while it may and there is anybody.
    ///
    /// - Throws: only when the database refuses us for good (`forbidden`).
    package func runOnce() async throws(StoreError) -> SweepOutcome {
        let start = clock.uptime()
        var unlocked = UnlockedJobs()
        var outcome = SweepOutcome.done
        do {
            var moment = try await proveContact()
            while permission.isGranted, !Task.isCancelled {
                // By the clock at that moment: the search may itself be held up by an outage that the owners have, too.
                let names = try await store.unlockJobsOfDeadOwners(silentSince: moment - heartbeatTimeout)
                noteContact()
                guard !names.isEmpty else { break }
                unlocked.add(names)
                moment = try await proveContact()
            }
            if !permission.isGranted { outcome = .held }
        } catch {
            outcome = .failed
            await announce(unlocked)
            try note(error)
            count(outcome, since: start)
            return outcome
        }
        await announce(unlocked)
        count(outcome, since: start)
        return outcome
    }

    /// How things stand, for `/readyz`.
    package func readiness() async -> [ReadinessCheck] {
        var checks = [databaseCheck]
        if let bus {
            let detail = await bus.state().isConnected ? "connected" : "not connected; only hints are lost"
            checks.append(ReadinessCheck("messagebus", isOK: true, detail: detail))
        }
        return checks
    }

    private var databaseCheck: ReadinessCheck {
        guard let isUp = contact.isUp else { return ReadinessCheck("database", isOK: false, detail: "no contact yet") }
        let wait = permission.remaining(at: clock.uptime()).milliseconds
        let detail = wait > 0 ? "nothing is unlocked for another \(wait) ms" : "reachable"
        return ReadinessCheck("database", isOK: isUp, detail: isUp ? detail : "cannot be reached")
    }

    /// Short enough that the permission's longest silence is never reached by waiting.
    private var contactInterval: Duration { max(heartbeatTimeout / 3, .milliseconds(500)) }

    /// Waits for the next sweep; a long interval is cut into pieces, with a sign of life of the database after each.
    private func pauseKeepingContact() async throws(StoreError) {
        let end = clock.uptime() + cleanupInterval
        while end - clock.uptime() > contactInterval {
            await pause(contactInterval)
            if Task.isCancelled { return }
            do {
                try await proveContact()
            } catch {
                return try note(error)
            }
        }
        await pause(end - clock.uptime())
    }

    private func pause(_ duration: Duration) async {
        // A cancelled pause only ends early; the loop looks for the cancellation itself.
        try? await clock.sleep(for: duration)
    }

    /// Gives the server's time.
    @discardableResult
    private func proveContact() async throws(StoreError) -> Timestamp {
        let time = try await store.serverTime()
        noteContact()
        return time
    }

    private func noteContact() {
        let wasGranted = permission.isGranted
        let wasSilent = permission.noteContact(at: clock.uptime())
        Gauge(.storeUp).record(1)
        let wait: KeyValuePairs<LogKey, Logger.MetadataValue> = [.milliseconds: "\(heartbeatTimeout.milliseconds)"]
        switch contact.noteSuccess() {
        case .established: logger.log(.info, "the database is reachable")
        case .restored: logger.log(.info, "the database is reachable again; nothing is unlocked for a while", wait)
        case _ where wasSilent && wasGranted:
            logger.log(.warning, "contact with the database was interrupted; nothing is unlocked for a while", wait)
        case _ where !wasGranted && permission.isGranted:
            logger.log(.info, "the database was reachable for long enough; unlocking again")
        default: break
        }
    }

    private func note(_ error: StoreError) throws(StoreError) {
        permission.noteTrouble()
        Gauge(.storeUp).record(0)
        if error.code == .forbidden { throw error }
        switch contact.noteFailure(at: clock.uptime()) {
        case .lost:
            logger.log(.warning, "the database cannot be used; trying again", [.error: "\(error)"])
        case .stillLost(let time):
            logger.log(
                .warning, "the database still cannot be used; trying again",
                [.error: "\(error)", .milliseconds: "\(time.milliseconds)"])
        case .nothing, .established, .restored: break
        }
    }

    private func announce(_ unlocked: UnlockedJobs) async {
        guard unlocked.count > 0 else { return }
        Counter(.custodianUnlockedJobs).increment(by: unlocked.count)
        logger.log(
            .info, "unlocked jobs of dead owners",
            [.count: "\(unlocked.count)", .jobs: .firstTen(unlocked.names)])
        if let hint = unlocked.hint { await bus?.announce(hint) }
    }

    private func count(_ outcome: SweepOutcome, since start: Duration) {
        Counter(.custodianSweeps, MetricDimension(.outcome, outcome)).increment()
        Timer(.custodianSweepTime).record(duration: clock.uptime() - start)
    }
}
