// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Logging
import Metrics
package import Shared

/// The Custodian's second duty: deletes ended runs that are older than their job's retention.
///
/// In small steps, never more than half of the time, and after each round for twenty times as long as the round took: the
/// engine comes first. Several at once are harmless, and so is one that is stopped in the middle.
package actor RunPruner {
    /// The most runs that one step deletes.
    private static let stepSize = 500
    /// The longest rest after a round.
    private static let longestRest = Duration.seconds(60)

    private let store: any Housekeeping
    private let clock: any EngineClock
    private let cleanupInterval: Duration
    private let random: InjectedRandom
    private let logger: Logger
    private var troubleIsKnown = false

    /// Between two rounds at least `cleanupInterval` passes.
    package init(
        store: any Housekeeping, clock: any EngineClock, cleanupInterval: Duration,
        random: InjectedRandom = InjectedRandom(), logger: Logger
    ) {
        self.store = store
        self.clock = clock
        self.cleanupInterval = cleanupInterval
        self.random = random
        self.logger = logger
    }

    /// Goes round until the task is cancelled; waits out every outage.
    ///
    /// - Throws: only when the database refuses us for good (`forbidden`).
    package func run() async throws(StoreError) {
        var retry = Backoff(initial: .milliseconds(500), maximum: .seconds(10), random: random)
        while !Task.isCancelled {
            let start = clock.uptime()
            do {
                _ = try await runOnce()
                troubleIsKnown = false
                retry.reset()
                await pause(
                    min(max(cleanupInterval, (clock.uptime() - start) * 20), max(cleanupInterval, Self.longestRest)))
            } catch {
                if error.code == .forbidden { throw error }
                Counter(.storeErrors).increment()
                if !troubleIsKnown {
                    logger.log(.warning, "cannot prune runs, trying again", [.error: "\(error)"])
                }
                troubleIsKnown = true
                await pause(retry.next())
            }
        }
    }

    /// One round over all jobs; gives how many runs it deleted.
    package func runOnce() async throws(StoreError) -> Int {
        var total = 0
        var position: String?
        defer { report(total) }
        repeat {
            let start = clock.uptime()
            let step = try await store.pruneRuns(ofJobsAfter: position, limit: Self.stepSize)
            total += step.count
            position = step.position
            // At most half of the time, so that others get their turn.
            if position != nil { await pause(clock.uptime() - start) }
        } while position != nil && !Task.isCancelled
        return total
    }

    private func report(_ count: Int) {
        guard count > 0 else { return }
        Counter(.runsPruned).increment(by: count)
        logger.log(.info, "pruned ended runs", [.count: "\(count)"])
    }

    private func pause(_ duration: Duration) async {
        // A cancelled pause only ends early; the loop looks for the cancellation itself.
        try? await clock.sleep(for: duration)
    }
}
