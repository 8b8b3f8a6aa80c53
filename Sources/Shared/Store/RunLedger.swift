// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// The runs, as those see them who take in what is said of them.
///
/// Every verb may be repeated after an error: ids and guards make it harmless.
package protocol RunReports: Sendable {
    /// Applies guarded updates, independently of each other.
    ///
    /// - Returns: one outcome per update, in the same order.
    func update(_ updates: [RunUpdate]) async throws(StoreError) -> [RunUpdateOutcome]

    /// Those of `ids` that exist, in any order.
    func runs(_ ids: [RunID]) async throws(StoreError) -> [Run]

    /// What callback addresses are made with: the key that is stored, or `fresh`, which then is.
    ///
    /// All programs that share the store have the same; it is for no log and no answer.
    func callbackKey(orElse fresh: CallbackKey) async throws(StoreError) -> CallbackKey
}

/// A key of 32 random bytes; whoever has it can report of any run.
package struct CallbackKey: Hashable, Sendable {
    /// As stores have it: 64 hexadecimal digits.
    package let hex: Secret

    /// A new one.
    package init() {
        var random = SystemRandomNumberGenerator()
        let bytes = (0..<4).flatMap { _ in withUnsafeBytes(of: random.next() as UInt64) { Array($0) } }
        hex = Secret(bytes.map { byte in [byte >> 4, byte & 15].map { String($0, radix: 16) }.joined() }.joined())
    }

    /// Reads what a store has; `nil` for anything else.
    package init?(hex text: String) {
        guard text.utf8.count == 64, text.allSatisfy(\.isHexDigit) else { return nil }
        hex = Secret(text)
    }
}

/// The runs, as the Scheduler sees them.
package protocol RunLedger: RunReports {
    /// Notes confirmed actions: sets `publishedAt` and `deadline` where the status, the attempt and the missing
    /// `publishedAt` still call for it; the rest is left alone. Does not touch the revision.
    func markPublished(_ marks: [PublishedMark]) async throws(StoreError)

    /// Runs whose `deadline` is not after `time`, whoever owns their job, ordered by deadline, then id.
    /// `after` is the last run of the page before; `nil` = from the start.
    func dueRuns(notAfter time: Timestamp, after: Run?, limit: Int) async throws(StoreError) -> [Run]

    /// Runs of these jobs that are not ended, not waiting (unless for a job that was deleted: their turn never comes), and
    /// have no `deadline` or no `publishedAt`: what a new owner must look at. Ordered by id.
    /// `after` is the last id of the page before; `nil` = from the start.
    func unsettledRuns(of jobs: [JobName], after: RunID?, limit: Int) async throws(StoreError) -> [Run]

    /// Runs of these jobs that are not ended, ordered by id.
    ///
    /// `after` is the last id of the page before; `nil` = from the start.
    func activeRuns(of jobs: [JobName], after: RunID?, limit: Int) async throws(StoreError) -> [Run]

    /// The pools that have runs which are not ended, whoever holds their jobs, and whether there are such jobs still; the cost is that
    /// of the pools, not of the runs.
    func poolsInUse() async throws(StoreError) -> Set<PoolName>

    /// Those of these jobs that have runs which are not ended and are with the job's own workers (``Run/addressee``).
    func jobsWithOwnWorkers(among jobs: [JobName]) async throws(StoreError) -> Set<JobName>
}

/// Notes that the broker confirmed the action of a run.
package struct PublishedMark: Hashable, Sendable {
    /// The run.
    package let id: RunID
    /// What was confirmed; it is noted only while the run's status still calls for it.
    package let action: RunAction
    /// The attempt that it was for.
    package let attempt: Int
    /// When it was confirmed.
    package let publishedAt: Timestamp
    /// The run's new deadline; `nil` = none.
    package let deadline: Timestamp?

    package init(id: RunID, action: RunAction, attempt: Int, publishedAt: Timestamp, deadline: Timestamp?) {
        self.id = id
        self.action = action
        self.attempt = attempt
        self.publishedAt = publishedAt
        self.deadline = deadline
    }
}
