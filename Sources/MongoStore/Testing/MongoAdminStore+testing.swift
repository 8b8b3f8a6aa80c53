// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared

/// For tests only: the queries of the lists, for `explain`.
extension MongoAdminStore {
    /// One query: which indexes it may use, and of how many documents it looks at at most for each that it gives.
    package struct ExplainableQuery: Sendable {
        package let name: String
        package let command: BSONFields
        package let indexes: Set<String>
        package let passRate: Double
        /// Whether the few documents that an index finds may be sorted.
        package let maySort: Bool
    }

    /// The queries with each filter and combination of filters.
    ///
    /// A list up to a time looks at the newer runs, too, so nothing is said there of how many it looks at.
    package static func explainableQueries(job: JobName, run: RunID, time: Timestamp) -> [ExplainableQuery] {
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
                                name, CollectionName.runs, query(filter, after: after), order(of: filter),
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
