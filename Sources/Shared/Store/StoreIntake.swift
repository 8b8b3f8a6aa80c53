// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// Takes in everything that another store holds, into a database that is empty: the other side of a move.
///
/// A mark in the database, there from before the first piece until ``open(_:)``, says whose copy it is; Schedulers and APIs
/// wait while it is there. Leases and locks are not taken in: every job comes unlocked, with the epoch that it had.
/// Not for several callers. Every verb may be repeated after an error.
package protocol StoreIntake: Sendable {
    /// Looks whether the database is empty, or holds a copy of this source that is not done; changes nothing.
    ///
    /// - Throws: `rejected` with what is in the way.
    func look(for source: Identifier) async throws(StoreError)

    /// Begins the copy, or goes on with it; gives where each part stands.
    ///
    /// What an earlier copy of the same source has left is removed; of the same copy, only what it has not accounted for.
    /// - Throws: `rejected` as ``look(for:)``.
    func begin(_ copy: StoreCopy) async throws(StoreError) -> [StorePart: StorePosition]

    /// Stores the next piece of a part and accounts for it; on the disk of a majority when it returns.
    ///
    /// After an error ``begin(_:)`` tells what stands.
    /// - Throws: `rejected` when a piece cannot be stored, or somebody else writes into the database.
    func take(_ batch: StoreBatch, upTo position: StorePosition) async throws(StoreError)

    /// Stores what callback addresses are made with, so that those which are with receivers go on counting.
    func take(_ key: CallbackKey) async throws(StoreError)

    /// Makes sure that nobody works on the database yet.
    ///
    /// - Throws: `rejected` when somebody does.
    func checkIsUnused() async throws(StoreError)

    /// Takes the mark away: the copy is the jobs' only place from now on.
    ///
    /// - Returns: `false` when there is none of this copy.
    func open(_ copy: StoreCopy) async throws(StoreError) -> Bool

    /// Ends the connections.
    func close() async
}

/// Which copy of which store.
package struct StoreCopy: Hashable, Sendable {
    /// Names the store that is copied, for its life.
    package let source: Identifier
    /// Names the copy: another one as soon as the source may have changed.
    package let copy: Identifier

    package init(source: Identifier, copy: Identifier) {
        self.source = source
        self.copy = copy
    }
}

/// The parts of a store in the order in which they are moved: jobs last, for what is known of a job must be there before it.
package enum StorePart: String, Hashable, Sendable, CaseIterable {
    case deletions, claims, runs, jobs
}

/// How far a part is copied.
package struct StorePosition: Hashable, Sendable {
    /// The key of the last element; a run's as hexadecimal digits.
    package let last: String
    /// How many elements that are.
    package let count: Int

    package init(last: String, count: Int) {
        self.last = last
        self.count = count
    }
}

/// A piece of a part, in the order of its keys' bytes.
package enum StoreBatch: Sendable {
    case deletions([Deletion])
    case claims([AgedClaim])
    case runs([Run])
    case jobs([WholeJob])

    /// Which part it is of.
    package var part: StorePart {
        switch self {
        case .deletions: .deletions
        case .claims: .claims
        case .runs: .runs
        case .jobs: .jobs
        }
    }

    /// The keys of its elements.
    package var keys: [String] {
        switch self {
        case .deletions(let rows): rows.map(\.jobName.text)
        case .claims(let rows): rows.map(\.claim.key)
        case .runs(let rows): rows.map(\.id.description)
        case .jobs(let rows): rows.map(\.id)
        }
    }
}

/// An idempotency key with its age.
package struct AgedClaim: Hashable, Sendable {
    package let claim: IdempotencyClaim
    /// When it was claimed; it is kept for a day from then on.
    package let createdAt: Timestamp

    package init(_ claim: IdempotencyClaim, createdAt: Timestamp) {
        self.claim = claim
        self.createdAt = createdAt
    }
}

/// A job with everything that a store keeps of it but its lock; whether it can be understood or not.
package struct WholeJob: Sendable {
    /// The key as it is stored.
    package let id: String
    /// The definition's fields as they are stored.
    package let fields: [String: FieldValue]
    /// Counts the times that it was locked.
    package var lockEpoch: Int64 = 0
    /// Counts the edits that were accounted for.
    package var edition: Int64 = 0
    /// When it was taken from an owner that had died; `nil` = it was given back.
    package var ownerLostAt: Timestamp?
    /// Whether nobody has locked it yet.
    package var isNew = false
    /// How many slots got no run, by reason.
    package var skipped: [SkipReason: Int64] = [:]
    /// The last of them, at most a hundred rows, the latest last.
    package var skips: [SlotSkip] = []

    package init(id: String, fields: [String: FieldValue]) {
        self.id = id
        self.fields = fields
    }
}
