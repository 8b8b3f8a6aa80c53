// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared

/// Folds the messages of one batch into at most one update per run.
package struct ReportFold: Sendable {
    private struct Entry {
        let before: Run
        var after: Run
        /// The messages that changed it, by their place among all.
        var sources: [Int] = []
    }

    private var entries: [Entry] = []
    private var places: [RunID: Int] = [:]
    private var count = 0
    private let settings: EngineSettings
    private let now: Timestamp
    private var random: InjectedRandom
    /// What speaks of a run that belongs to another job, or to the workers of other queues.
    package private(set) var letters: [DeadLetter] = []

    /// Starts from the runs as they were read.
    package init(
        _ runs: [Run], settings: EngineSettings, now: Timestamp, random: InjectedRandom = InjectedRandom()
    ) {
        self.random = random
        self.settings = settings
        self.now = now
        for run in runs { begin(run) }
    }

    /// Starts from this run, too, unless it is there.
    package mutating func begin(_ run: Run) {
        guard places[run.id] == nil else { return }
        places[run.id] = entries.count
        entries.append(Entry(before: run, after: run))
    }

    /// The jobs of those that had not ended.
    package var openJobs: [JobName] { entries.lazy.map(\.before).filter { !$0.status.isFinal }.map(\.jobName) }

    /// The job of a run that was read.
    package func jobName(of run: RunID) -> JobName? { places[run].map { entries[$0].before.jobName } }

    /// Adds the next message.
    ///
    /// `job` is the definition that the run belongs to, if it is known. Gives what became of it; `nil` when it is a dead
    /// letter.
    package mutating func add(
        _ message: WorkerMessage, _ delivery: Delivery, job: @autoclosure () -> Job?
    ) -> RunReport.Verdict? {
        defer { count += 1 }
        guard let place = places[message.runID] else { return .unknownRun }
        if let reason = Self.objection(to: message, from: delivery.workers, of: entries[place].before) {
            letters.append(DeadLetter(delivery: delivery, reason: reason))
            return nil
        }
        let (notes, isRetired) = (entries[place].after.notes.count, entries[place].before.isRetired)
        let verdict = RunReport.apply(
            message, to: &entries[place].after, job: isRetired ? nil : job(), now: now,
            settings: settings
        ) { Double.random(in: 0...1, using: &random) }
        if verdict == .applied || entries[place].after.notes.count != notes { entries[place].sources.append(count) }
        return verdict
    }

    /// The messages that changed a run, in order, by their places among all.
    package func sources(of run: RunID) -> [Int] { places[run].map { entries[$0].sources } ?? [] }

    /// Why those workers have nothing to say of the run; `nil` = it is theirs.
    private static func objection(to message: WorkerMessage, from workers: WorkerAddress, of run: Run) -> String? {
        switch workers {
        case .job(let name) where name != run.jobName: return "runId is a run of another job"
        case .pool where message.jobName.map { $0 != run.jobName } ?? false: return "jobName is not that of the run"
        // What we have sent ourselves is ours to report on.
        case _ where message.sentUnder != nil: return nil
        default:
            // Where nobody has noted it, the job says enough.
            guard let noted = run.workers, noted != workers else { return nil }
            return "the run is not with the workers of this queue"
        }
    }

    /// The runs that were at their end already when they were read.
    package var endedRuns: [Run] {
        entries.lazy.map(\.before).filter(\.status.isFinal).sorted { $0.id < $1.id }
    }

    /// The updates to write, in the order of the runs' ids.
    package var updates: [RunUpdate] {
        entries.filter { !$0.sources.isEmpty && $0.before != $0.after }.map {
            RunUpdate(before: $0.before, after: $0.after)
        }.sorted { $0.before.id < $1.before.id }
    }
}
