// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

@testable import MongoStore

/// The queries of the verbs, for `explain`.
extension MongoSchedulerStore {
    /// How the runs are counted that wait, for `explain`.
    static func queuePipeline(of jobs: [JobName]) -> [BSONFields] { MongoQueries.queues(of: jobs) }

    /// Which pools have runs, for `explain`.
    static var poolsCommand: BSONFields { MongoQueries.poolsInUse }

    /// How names are looked up that were used before, in `deletions`, for `explain`.
    static func usedNamesPipeline(_ names: [JobName]) -> [BSONFields] { JobAdmission.usedNames(among: names) }

    /// The filters that the verbs use and what they sort by, by the name of their verb, for `explain`.
    static func explainableQueries(
        jobs: [JobName], manager: ManagerID, after: Run
    ) -> [(verb: String, collection: String, filter: BSONFields, sort: BSONFields, index: String)] {
        let soon = (after.deadline ?? after.createdTime) + .seconds(60)
        let holder: BSONFields = ["managerId": .objectID(manager.value)]
        let unlocked: BSONFields = ["managerId": Guards.unlocked, "_id": ["$gt": "a"]]
        let slot: BSONFields = ["$or": .array(Self.keys(of: after))]
        return [
            ("unlockedJobs", CollectionName.jobs, unlocked, ["_id": 1], "manager"),
            ("jobs(lockedBy:)", CollectionName.jobs, holder, [:], "manager"),
            (
                "dueRuns", CollectionName.runs, MongoQueries.dueRuns(notAfter: soon, after: nil),
                ["deadline": 1, "_id": 1], "deadline"
            ),
            (
                "dueRuns, next page", CollectionName.runs, MongoQueries.dueRuns(notAfter: soon, after: after),
                ["deadline": 1, "_id": 1], "deadline"
            ),
            (
                "unsettledRuns", CollectionName.runs, MongoQueries.unsettledRuns(of: jobs, after: nil), ["_id": 1],
                "job_status_waiting"
            ),
            (
                "activeRuns", CollectionName.runs, MongoQueries.activeRuns(of: jobs, after: nil), ["_id": 1],
                "job_status_waiting"
            ),
            (
                "jobsWithOwnWorkers", CollectionName.runs, MongoQueries.ownRuns(of: jobs), [:], "job_status_waiting"
            ),
            (
                "begunSlots", CollectionName.runs,
                MongoQueries.slots(from: jobs.map { (key: $0, value: after.createdTime) }), [:], "slot"
            ),
            (
                "activity", CollectionName.runs, MongoQueries.openRuns(of: jobs, waiting: false), [:],
                "job_status_waiting"
            ),
            (
                "oldest waiting run", CollectionName.runs, MongoQueries.openRuns(of: [jobs[0]], waiting: true),
                ["createdTime": 1, "_id": 1], "turn"
            ),
            ("insertOrAdopt", CollectionName.runs, slot, [:], "slot"),
        ]
    }
}

/// The queries of the lists, for `explain`.
extension MongoAdminStore {
    /// One query: which indexes it may use, and of how many documents it looks at at most for each that it gives.
    struct ExplainableQuery: Sendable {
        let name: String
        let command: BSONFields
        let indexes: Set<String>
        let passRate: Double
        /// Whether the few documents that an index finds may be sorted.
        let maySort: Bool
    }

    /// The queries with each filter and combination of filters.
    ///
    /// A list up to a time looks at the newer runs, too, so nothing is said there of how many it looks at.
    static func explainableQueries(job: JobName, run: RunID, time: Timestamp) -> [ExplainableQuery] {
        var queries = [
            find("job", CollectionName.jobs, ["_id": Guards.isOneOf([job])], [:], ["_id_"]),
            find("jobs", CollectionName.jobs, filter(after: nil, labels: [:]), ["sort": ["_id": 1]], ["_id_"]),
            find("jobs after", CollectionName.jobs, filter(after: job, labels: [:]), ["sort": ["_id": 1]], ["_id_"]),
            find(
                "jobs by label", CollectionName.jobs, filter(after: job, labels: ["team": "t1"]), ["sort": ["_id": 1]],
                ["_id_", "labels"], passRate: 3),
            find(
                "jobs by a rare label", CollectionName.jobs, filter(after: job, labels: ["rare": "r1"]),
                ["sort": ["_id": 1]], ["labels"], maySort: true),
            find(
                "jobs by a label with dots", CollectionName.jobs,
                filter(after: job, labels: ["app.example/part": "p1"]),
                ["sort": ["_id": 1]], ["label_pairs"]),
            find(
                "jobs by labels of both kinds", CollectionName.jobs,
                filter(after: job, labels: ["app.example/part": "p1", "app.example/of": "all", "team": "t1"]),
                ["sort": ["_id": 1]], ["label_pairs"], passRate: 3),
            find("run", CollectionName.runs, ["_id": .objectID(run.value)], [:], ["_id_"]),
            find("pending", CollectionName.runs, pending(of: job, nil), [:], ["job_status_id", "job_status_waiting"]),
            find(
                "pending after a deletion", CollectionName.runs,
                pending(of: job, Deletion(jobName: job, deletedAt: time)), [:],
                ["job_status_id", "job_status_waiting"], passRate: .infinity),
            find(
                "begun slots", CollectionName.runs, MongoQueries.slots(from: [(key: job, value: time)]),
                ["sort": ["scheduledTime": 1]], ["slot"]),
            find("claim", CollectionName.idempotency, ["_id": "ff"], [:], ["_id_"]),
            find("claims of a job", CollectionName.idempotency, ["jobName": .string(job.text)], [:], ["job"]),
        ]
        let statuses: [Set<RunStatus>] = [[], [.failed], [.running, .pending], Set(RunStatus.allCases)]
        let times: [(String, WritableKeyPath<RunFilter, Timestamp?>)] = [
            ("created", \.createdBefore), ("started", \.startedBefore), ("heard", \.heartbeatBefore),
        ]
        for status in statuses {
            for jobName in [nil, job] {
                for after in [nil, run] {
                    for bounded in [[]] + times.map({ [$0] }) + [times] {
                        var filter = RunFilter()
                        filter.statuses = status
                        filter.jobName = jobName
                        for (_, path) in bounded { filter[keyPath: path] = time }
                        let name =
                            "runs of \(jobName?.text ?? "all") in \(status.map(\.rawValue).sorted()) "
                            + "\(bounded.map(\.0)) after \(after?.value.hex ?? "none")"
                        queries.append(
                            find(
                                name, CollectionName.runs, query(filter, after: after),
                                ["sort": newestFirst, "hint": .string(index(of: filter))],
                                jobName != nil ? ["job_status_id"] : status.isEmpty ? ["_id_"] : ["status_id"],
                                passRate: bounded.isEmpty ? 1 : .infinity))
                    }
                }
            }
        }
        return queries
    }

    private static func find(
        _ name: String, _ collection: String, _ filter: BSONFields, _ options: BSONFields, _ indexes: Set<String>,
        passRate: Double = 1, maySort: Bool = false
    ) -> ExplainableQuery {
        var command: BSONFields = ["find": .string(collection), "filter": .document(filter), "limit": 50]
        for option in options.elements { command.append(option.name, option.value) }
        return ExplainableQuery(name: name, command: command, indexes: indexes, passRate: passRate, maySort: maySort)
    }
}
