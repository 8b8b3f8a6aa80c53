// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared

extension MongoSchedulerStore {
    package func update(_ updates: [RunUpdate]) async throws(StoreError) -> [RunUpdateOutcome] {
        guard !updates.isEmpty else { return [] }
        return try await connection.run { [unreadableRuns] client throws(StoreError) in
            try Self.update(updates, client, unreadableRuns)
        }
    }

    static func update(
        _ updates: [RunUpdate], _ client: MongoClient, _ unreadable: UnreadableRuns
    ) throws(StoreError) -> [RunUpdateOutcome] {
        let groups = RunUpdateGroup.grouping(updates, Array(updates.indices))
        var (refused, matched) = try write(groups, updates, client)
        // A group ends at the first update that is refused: the others of it are tried one by one.
        let broken = groups.filter { $0.members.count > 1 && refused[$0.members[0]] != nil }.flatMap(\.members)
        if !broken.isEmpty {
            for place in broken { refused[place] = nil }
            let singles = broken.flatMap { RunUpdateGroup.grouping(updates, [$0]) }
            let again = try write(singles, updates, client)
            refused.merge(again.refused) { $1 }
            matched = 0
        }
        if matched + refused.count == updates.count {
            return updates.indices.map { refused[$0].map { .rejected($0) } ?? .applied }
        }
        let stored = try runs(updates.map(\.before.id), client, unreadable)
        let byID = Dictionary(stored.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        return updates.indices.map { place in
            if let reason = refused[place] { return .rejected(reason) }
            let update = updates[place]
            return byID[update.before.id].map { RunDocument.hasEffect(of: update, in: $0) } == true
                ? .applied : .conflict
        }
    }

    package func callbackKey(orElse fresh: CallbackKey) async throws(StoreError) -> CallbackKey {
        try await connection.run { client throws(StoreError) in try CallbackKeyDocument.key(orElse: fresh, client) }
    }

    /// Sends groups of updates.
    ///
    /// Gives the reasons of those that were refused, by the place of every member of their group, and how many runs the
    /// others matched.
    private static func write(
        _ groups: [RunUpdateGroup], _ updates: [RunUpdate], _ client: MongoClient
    ) throws(StoreError) -> (refused: [Int: String], matched: Int) {
        var refused: [Int: String] = [:]
        var sent: [RunUpdateGroup] = []
        let report = try client.bulkWrite(to: CollectionName.runs) { bulk throws(StoreError) in
            for group in groups {
                do {
                    try group.add(to: &bulk, updates)
                    sent.append(group)
                } catch let refusal as EncodingRefusal {
                    for place in group.members { refused[place] = refusal.reason }
                } catch let error as StoreError {
                    throw error
                } catch {
                    throw StoreError(.rejected, "preparing a write")
                }
            }
        }
        for (index, failure) in report.failures where sent.indices.contains(index) {
            for place in sent[index].members { refused[place] = failure.reason }
        }
        return (refused, report.matched)
    }

    package func markPublished(_ marks: [PublishedMark]) async throws(StoreError) {
        guard !marks.isEmpty else { return }
        try await connection.run { client throws(StoreError) in
            let groups = Dictionary(grouping: marks, by: MarkGroup.init)
            _ = try client.bulkWrite(to: CollectionName.runs) { bulk throws(StoreError) in
                for (group, marks) in groups {
                    for chunk in marks.chunks(of: 500) {
                        try bulk.updateMany(.encoded(group.filter(chunk.map(\.id))), .encoded(group.change))
                    }
                }
            }
        }
    }
}

/// What marks have in common that can be stored by one update of many runs.
struct MarkGroup: Hashable {
    private let action: RunAction
    private let attempt: Int
    private let publishedAt: Timestamp
    private let deadline: Timestamp?

    init(_ mark: PublishedMark) {
        action = mark.action
        attempt = mark.attempt
        publishedAt = mark.publishedAt
        deadline = mark.deadline
    }

    /// Those of `ids` whose document still calls for the action.
    func filter(_ ids: [RunID]) -> BSONFields {
        let status: RunStatus =
            switch action {
            case .run: .pending
            case .cancel: .cancelling
            }
        return [
            "_id": Guards.isOneOf(ids), "status": .string(status.rawValue),
            "attempt": Guards.equal(Int64(attempt), missing: 1), "publishedAt": .null, "waiting": ["$ne": true],
            "retryAt": .null,
        ]
    }

    var change: BSONFields {
        guard let deadline else {
            return ["$set": ["publishedAt": .date(publishedAt)], "$unset": ["deadline": 1]]
        }
        return ["$set": ["publishedAt": .date(publishedAt), "deadline": .date(deadline)]]
    }
}
