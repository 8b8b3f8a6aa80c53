// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared

/// Takes in what a receiver reports at its callback address.
///
/// For the API, whichever instance is asked: the run's owner need not be at hand, and learns of it by a hint.
package struct CallbackIntake: Sendable {
    /// What became of a report.
    package enum Verdict: Hashable, Sendable {
        /// It is stored, or said nothing new.
        case taken
        /// The attempt, or the run, is over.
        case over
        /// The run cannot get there from where it is.
        case notAllowed(from: RunStatus)
        /// The store will never have it; the reason is safe to show.
        case rejected(String)
    }

    /// How often it is tried again when somebody else changes the run in the same moment.
    private static let mostTries = 20

    private let store: any RunReports
    private let definition: @Sendable (JobName) async throws(StoreError) -> Job?
    private let changed: @Sendable (JobName) async -> Void
    private let clock: any EngineClock
    private let settings: EngineSettings

    /// `clock` is the cluster's; `definition` finds a job, and `changed` tells the Schedulers to look at it.
    package init(
        store: any RunReports, clock: any EngineClock, settings: EngineSettings = EngineSettings(),
        definition: @escaping @Sendable (JobName) async throws(StoreError) -> Job?,
        changed: @escaping @Sendable (JobName) async -> Void
    ) {
        self.store = store
        self.definition = definition
        self.changed = changed
        self.clock = clock
        self.settings = settings
    }

    /// The run of an attempt that is under way; `nil` when that is over.
    package func run(_ id: RunID, attempt: Int?) async throws(StoreError) -> Run? {
        guard let run = try await store.runs([id]).first, attempt == run.attempt, !run.status.isFinal,
            run.retryAt == nil
        else { return nil }
        return run
    }

    /// Stores what the message says of its attempt; the effect is that of a worker's message.
    ///
    /// `known` is the run as it was just read, which saves reading it once more.
    package func take(_ message: WorkerMessage, known: Run? = nil) async throws(StoreError) -> Verdict {
        var known = known
        for _ in 0..<Self.mostTries {
            let found = if let known { known } else { try await run(message.runID, attempt: message.attempt) }
            known = nil
            guard let run = found else { return .over }
            let job = run.isRetired ? nil : try await definition(run.jobName)
            var after = run
            let verdict = RunReport.apply(message, to: &after, job: job, now: clock.now(), settings: settings) {
                Double.random(in: 0...1)
            }
            guard verdict == .applied else {
                // A sign of life that is there before the request is noted.
                if message.content == .heartbeat, run.status == .pending { return .taken }
                return .notAllowed(from: run.status)
            }
            switch try await store.update([RunUpdate(before: run, after: after)]).first {
            case .applied:
                if after.status != run.status { await changed(run.jobName) }
                return .taken
            case .rejected(let reason): return .rejected(reason)
            case .conflict, nil: continue
            }
        }
        throw StoreError(.busy, "the run is changed by others again and again")
    }
}
