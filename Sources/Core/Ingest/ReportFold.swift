// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared

/// Folds the messages of one batch into at most one update per run.
package struct ReportFold: Sendable {
    private let before: [RunID: Run]
    private var after: [RunID: Run]
    private let settings: EngineSettings
    private let now: Timestamp
    private var random: InjectedRandom
    /// What speaks of a run that belongs to another job.
    package private(set) var letters: [DeadLetter] = []
    /// The messages that changed each run, in order.
    package private(set) var sources: [RunID: [(WorkerMessage, Delivery)]] = [:]

    /// Starts from the runs as they were read.
    package init(
        _ runs: [Run], settings: EngineSettings, now: Timestamp, random: InjectedRandom = InjectedRandom()
    ) {
        self.random = random
        before = Dictionary(uniqueKeysWithValues: runs.map { ($0.id, $0) })
        after = before
        self.settings = settings
        self.now = now
    }

    /// Adds the next message.
    ///
    /// `job` is the definition that the run belongs to, if it is known. Gives what became of it; `nil` when it is a dead
    /// letter.
    package mutating func add(_ message: WorkerMessage, _ delivery: Delivery, job: Job?) -> RunReport.Verdict? {
        guard var run = after[message.runID] else { return .unknownRun }
        guard run.jobName == delivery.jobName else {
            letters.append(DeadLetter(delivery: delivery, reason: "runId is a run of another job"))
            return nil
        }
        let verdict = RunReport.apply(
            message, to: &run, job: run.isRetired ? nil : job, now: now, settings: settings
        ) { Double.random(in: 0...1, using: &random) }
        if verdict == .applied || run != after[message.runID] {
            after[run.id] = run
            sources[run.id, default: []].append((message, delivery))
        }
        return verdict
    }

    /// The runs that were at their end already when they were read.
    package var endedRuns: [Run] {
        before.values.filter(\.status.isFinal).sorted { $0.id < $1.id }
    }

    /// The updates to write, in the order of the runs' ids.
    package var updates: [RunUpdate] {
        sources.keys.sorted().compactMap { id in
            guard let old = before[id], let new = after[id], old != new else { return nil }
            return RunUpdate(before: old, after: new)
        }
    }
}
