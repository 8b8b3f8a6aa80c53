// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared

/// What became of the wish to make a job, as far as one round for many callers goes.
enum JobCreation: Sendable {
    case made
    /// The name is another job's.
    case taken
    /// Something of an earlier job of the name is left; nothing was changed.
    case notFresh
    case refused(StoreError)
}

extension MongoAdminStore {
    package func create(_ job: Job) async throws(StoreError) -> Bool {
        switch try await creations.run(job) {
        case .made: true
        case .taken: false
        case .refused(let error): throw error
        case .notFresh: try await connection.run { client throws(StoreError) in try Self.createAgain(job, client) }
        }
    }

    /// Stores the new jobs of several callers, those whose names were never used.
    static func create(_ client: MongoClient, _ jobs: [Job]) throws(StoreError) -> [JobCreation] {
        let used = try usedNames(among: Set(jobs.map(\.name)), client)
        var outcomes: [JobCreation] = jobs.map { used.contains($0.name) ? .notFresh : .made }
        // The places of the jobs that are in the bulk, in its order.
        var places: [Int] = []
        let report = try client.bulkWrite(to: CollectionName.jobs) { bulk throws(StoreError) in
            for (place, job) in jobs.enumerated() where !used.contains(job.name) {
                do throws(StoreError) {
                    try bulk.insert(.encoded(JobDefinition.document(of: job, lockEpoch: 0)))
                    places.append(place)
                } catch {
                    outcomes[place] = .refused(error)
                }
            }
        }
        for (index, failure) in report.failures where places.indices.contains(index) {
            outcomes[places[index]] = outcome(of: failure)
        }
        return outcomes
    }

    /// Stores a new job after it has cut off what deleted jobs of the name have left, so that it stands in nobody's way.
    ///
    /// Its epoch is higher than that of any owner who may still be at work for one of those.
    private static func createAgain(_ job: Job, _ client: MongoClient) throws(StoreError) -> Bool {
        // A job that is there keeps its runs.
        guard try names(in: CollectionName.jobs, among: [job.name], client).isEmpty else { return false }
        let epoch = try MongoSchedulerStore.releaseSlots(of: job.name, client)
        let document = try BSONBuffer.encoded(JobDefinition.document(of: job, lockEpoch: epoch))
        let report = try client.bulkWrite(to: CollectionName.jobs) { bulk throws(StoreError) in
            try bulk.insert(document)
        }
        guard let failure = report.failures[0] else { return true }
        if case .refused(let error) = outcome(of: failure) { throw error }
        return false
    }

    private static func outcome(of failure: WriteFailure) -> JobCreation {
        failure.code == WriteFailure.duplicateKeyCode ? .taken : .refused(StoreError(.rejected, failure.reason))
    }

    /// The names under which there are runs, or the note of a deletion; in one round trip.
    private static func usedNames(among names: Set<JobName>, _ client: MongoClient) throws(StoreError) -> Set<JobName> {
        Set(try client.aggregate(usedNamesPipeline(names), in: CollectionName.deletions, decode: id))
    }

    /// What is asked of `deletions` and `runs`; tests have it explained.
    ///
    /// The server looks at one entry of the index for each name, however many runs it has (`DISTINCT_SCAN`).
    package static func usedNamesPipeline(_ names: Set<JobName>) -> [BSONFields] {
        let isOne = Guards.isOneOf(names)
        return [
            ["$match": ["_id": isOne]],
            [
                "$unionWith": [
                    "coll": .string(CollectionName.runs),
                    "pipeline": [["$match": ["jobName": isOne]], ["$group": ["_id": "$jobName"]]],
                ]
            ],
        ]
    }

    /// Which of these are there, by their `_id`.
    private static func names(
        in collection: String, among names: Set<JobName>, _ client: MongoClient
    ) throws(StoreError) -> Set<JobName> {
        // One more than there can be: so the server knows at once that there are no more.
        let found = try client.find(
            in: collection, ["_id": Guards.isOneOf(names)], options: ["projection": ["_id": 1]],
            limit: names.count + 1, decode: id)
        return Set(found)
    }

    /// The name in `_id`, which MongoDB keeps the first field (manual, "Documents").
    private static func id(_ reader: borrowing BSONReader) -> JobName? {
        guard reader.next(), case .string(let text) = reader.value() else { return nil }
        return try? JobName(text)
    }
}
