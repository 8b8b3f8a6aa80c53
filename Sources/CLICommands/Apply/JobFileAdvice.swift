// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import YAML

/// What to write instead, where the API's words about a job do not say it to somebody with a file.
enum JobFileAdvice {
    /// For a scalar where a job belongs: most likely the fields of one, `name:report`.
    static func forNoJob(_ json: JSONValue) -> String {
        guard case .string(let text) = json, text.contains(":") else { return "" }
        return "; a space belongs after each colon: name: report"
    }

    /// The field that shows that a document is something else than a job, and what to do about it.
    static func forOtherDocument(_ fields: [String: JSONValue]) -> (field: String, problem: String)? {
        for field in ["kind", "apiVersion"] where fields[field] != nil {
            return (
                field, "is of a Kubernetes object, not of a job: a job has name, interval or cron, … at its top level"
            )
        }
        for field in ["jobs", "items"] {
            if case .array? = fields[field] {
                return (field, "is not a field of a job; several jobs are a list of their own: - name: report")
            }
        }
        return nil
    }

    /// For a value that is of another kind than its field, or has a line end where none belongs; empty otherwise.
    static func forValue(at path: String, in fields: [String: JSONValue], problem: String) -> String {
        switch value(at: path, in: fields) {
        case .string(let text)? where text.last?.isNewline == true:
            return "; texts after | and > end with a line end: write it in quotes, on the line of its name"
        case .string(let text)? where problem.hasPrefix("found a string"):
            switch YAMLScalar.value(text) {
            case .bool where problem.hasSuffix("true or false"): return "; write it without quotes"
            case .int where problem.contains("number"), .double where problem.contains("number"):
                return "; write it without quotes"
            default: return ""
            }
        case .int?, .double?, .bool?:
            return problem.hasSuffix("a string") || problem.hasPrefix("is not a text") ? "; in quotes it is one" : ""
        default: return ""
        }
    }

    private static func value(at path: String, in fields: [String: JSONValue]) -> JSONValue? {
        let parts = path.split(separator: ".", maxSplits: 1).map { String($0) }
        guard parts.count == 2, case .object(let inner)? = fields[parts[0]] else { return fields[path] }
        return inner[parts[1]]
    }
}
