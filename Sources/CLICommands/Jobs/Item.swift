// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// An object of the API (a job, a run, a manager, a slot), with whatever fields the API gave it.
struct Item: Sendable, Equatable {
    let members: [String: JSONValue]

    init(members: [String: JSONValue]) {
        self.members = members
    }

    /// `nil` when it is no object.
    init?(_ json: JSONValue) {
        guard case .object(let members) = json else { return nil }
        self.members = members
    }

    /// A text; empty when it is absent or none.
    func text(_ name: String) -> String {
        guard case .string(let text)? = members[name] else { return "" }
        return text
    }

    func time(_ name: String) -> Timestamp? {
        guard case .string(let text)? = members[name] else { return nil }
        return Timestamp(rfc3339: text)
    }

    func int(_ name: String) -> Int64? {
        members[name].flatMap { FieldValue.json($0).wholeNumber }
    }

    func number(_ name: String) -> Double? {
        switch members[name] {
        case .int(let value)?: Double(value)
        case .double(let value)?: value
        default: nil
        }
    }

    func flag(_ name: String) -> Bool {
        members[name] == .bool(true)
    }

    /// Where a run stands; `nil` for a status of a future API.
    var status: RunStatus? { RunStatus(rawValue: text("status")) }
}

/// What an object of the API, or of ours, is: which of its fields names it, and in which order they are shown.
enum ItemKind: Sendable {
    case job, run, manager, slot, delivery, context, login

    /// The field that `--output name` shows.
    var key: String {
        switch self {
        case .job, .context: "name"
        case .run, .manager: "id"
        case .slot: "scheduledTime"
        case .delivery: "status"
        case .login: "user"
        }
    }

    private var order: [String] {
        switch self {
        case .job: ["name"] + JobField.forPeople.map(\.rawValue) + ["managerId", "heartbeat"]
        case .run:
            [
                "id", "jobName", "status", "trigger", "attempt", "scheduledTime", "createdTime", "startTime", "endTime",
                "heartbeat", "retryAt", "progress", "error", "result", "notes", "payload",
                "attempts",
            ]
        case .manager: ["id", "hostname", "heartbeat", "jobs"]
        case .slot: ["scheduledTime", "localTime", "dstTransition"]
        case .delivery:
            ["status", "error", "address", "resolve", "connect", "tls", "firstByte", "total", "headers", "result"]
        case .context: ["name", "current", "url", "issuer", "client", "audience", "scope", "user"]
        case .login:
            ["user", "subject", "client", "issuer", "url", "context", "login", "scopes", "expiresAt", "renewable"]
        }
    }

    /// The fields of an object, always in the same order: those that are known, then the others by name.
    func fields(_ item: Item) -> [(name: String, value: JSONValue)] {
        let known = order
        let others = item.members.keys.filter { !known.contains($0) }.sorted()
        return (known + others).compactMap { name in item.members[name].map { (name, $0) } }
    }
}
