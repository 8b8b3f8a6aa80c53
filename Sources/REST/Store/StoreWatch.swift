// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Logging
import Metrics
import ServiceHost
import ServiceLifecycle
package import Shared
private import Synchronization

/// Keeps in contact with the database: learns its clock, notices when it goes and comes back, prepares it.
package final class StoreWatch: Service {
    private enum State {
        case unknown, up, down
    }

    private let store: any AdminStore
    private let clock: ClusterClock
    private let logger: Logger
    private let state = Mutex(State.unknown)

    package init(store: any AdminStore, clock: ClusterClock, logger: Logger) {
        self.store = store
        self.clock = clock
        self.logger = logger
    }

    /// Looks once a second, and four times a second while there is no contact, until the stop begins; closes the store at
    /// the end, so whoever uses the store must have ended before.
    ///
    /// - Throws: `StoreError` when the database refuses us for good.
    package func run() async throws {
        let result: Result<Void, any Error>
        do { result = .success(try await watch()) } catch { result = .failure(error) }
        await store.close()
        try result.get()
    }

    private func watch() async throws {
        try await InterruptibleService(grace: .seconds(3)) {
            async let deadlines: Void = self.store.enforceDeadlines()
            var isPrepared = false
            var told: String?
            while !Task.isCancelled {
                let isUp = try await self.look()
                if isUp, !isPrepared { isPrepared = await self.prepare(&told) }
                try await self.clock.sleep(for: isUp ? .seconds(1) : .milliseconds(250))
            }
            await deadlines
        }.run()
    }

    /// How things stand, for `/readyz`.
    package var readiness: ReadinessCheck {
        switch state.withLock(\.self) {
        case .unknown: ReadinessCheck("database", isOK: false, detail: "no contact yet")
        case .up: ReadinessCheck("database", isOK: true, detail: "reachable")
        case .down: ReadinessCheck("database", isOK: false, detail: "cannot be reached")
        }
    }

    private func look() async throws(StoreError) -> Bool {
        let sentAt = clock.uptime()
        do throws(StoreError) {
            let time = try await store.probe()
            _ = clock.observe(server: time, sentAt: sentAt, receivedAt: clock.uptime())
            note(.up, nil)
            return true
        } catch {
            if error.code == .forbidden { throw error }
            note(.down, error)
            return false
        }
    }

    private func note(_ new: State, _ error: StoreError?) {
        let old = state.withLock { state in
            defer { state = new }
            return state
        }
        Gauge(.storeUp).record(new == .up ? 1 : 0)
        switch (old, new) {
        case (.unknown, .up): logger.log(.info, "the database is reachable")
        case (.down, .up): logger.log(.info, "the database is reachable again")
        case (.up, .down), (.unknown, .down):
            logger.log(.warning, "the database cannot be used; trying again", [.error: "\(error?.description ?? "")"])
        default: break
        }
    }

    /// - Returns: whether that is done with, for better or worse. What is in the way is told when it changes.
    private func prepare(_ told: inout String?) async -> Bool {
        do {
            try await store.prepare()
            return true
        } catch {
            if told != error.description {
                logger.log(.error, "an index of the API's lists could not be made", [.error: "\(error)"])
            }
            told = error.description
            return !error.isRetriable
        }
    }
}
