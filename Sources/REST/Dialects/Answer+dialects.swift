// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import HTTPTypes
import Hummingbird
import Shared

extension Answer {
    /// A problem as a dialect tells it, which is 400 where ours is 422; without one as we do.
    static func problem(_ problem: Problem, in dialect: Dialect?) -> Response {
        let status = problem.status == .unprocessableContent ? .badRequest : problem.status
        var members = Dictionary(problem.members.map { ($0.name, $0.value) }) { $1 }
        switch dialect {
        case nil: return self.problem(problem)
        case .clockMonster:
            members["message"] = .string(problem.detail)
            members["status"] = .int(Int64(status.code))
            members["error"] = .bool(true)
        case .jobs:
            members["message"] = .string(problem.status.jobsMessage)
            if problem.errors.isEmpty {
                members["error"] = .string(problem.detail)
            } else {
                members["errors"] = tree(problem.errors)
            }
        }
        var json = JSONWriter()
        json.write(.object(members))
        var response = Answer.json(json, status)
        for (name, value) in problem.headers { response.headers[name] = value }
        return response
    }

    /// Faults by field, as a client of the Scheduler Service knows them: `_errors` at each level.
    private static func tree(_ faults: [FieldFault]) -> JSONValue {
        var members: [String: JSONValue] = ["_errors": .array([])]
        for (field, faults) in Dictionary(grouping: faults, by: \.field) {
            members[field] = .object(["_errors": .array(faults.map { .string($0.problem) })])
        }
        return .object(members)
    }
}

extension HTTPResponse.Status {
    fileprivate var jobsMessage: String {
        switch self {
        case .unprocessableContent: "Invalid job data"
        case .badRequest: "Invalid request"
        case .notFound: "Job not found"
        default: reasonPhrase
        }
    }
}
