// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// What the dialect `jobs`, that of the Scheduler Service on BullMQ, keeps of a job that has no field of ours.
package struct ServiceJobTerms: Hashable, Sendable {
    /// What a status that was set says until a run says otherwise.
    package enum Mark: String, Hashable, Sendable {
        case active, failed
    }

    /// As the client gave it: any text.
    package var name: String
    package let createdAt: Timestamp
    package var updatedAt: Timestamp
    /// Whether the client gave no payload, for which `{}` is sent.
    package var hasNoPayload = false
    /// The unit and the number of a recurring job, as they were given: an hour is not told from 60 minutes by the schedule.
    package var interval: (unit: String, value: Int64)? {
        get { unit.map { ($0, value) } }
        set { (unit, value) = (newValue?.unit, newValue?.value ?? 0) }
    }
    private var unit: String?
    private var value: Int64 = 0
    /// When a job of one run is or was to run.
    package var specificTime: Timestamp?
    /// The status that was set last, and when.
    package var mark = Mark.active
    package var markedAt: Timestamp

    package init(name: String, createdAt: Timestamp) {
        self.name = name
        self.createdAt = createdAt
        updatedAt = createdAt
        markedAt = createdAt
    }

    var storedJSON: JSONValue {
        var members: [String: JSONValue] = [
            "name": .string(name), "createdAt": .int(createdAt.millisecondsSinceEpoch),
            "updatedAt": .int(updatedAt.millisecondsSinceEpoch), "mark": .string(mark.rawValue),
            "markedAt": .int(markedAt.millisecondsSinceEpoch),
        ]
        if hasNoPayload { members["hasNoPayload"] = .bool(true) }
        if let interval { (members["unit"], members["value"]) = (.string(interval.unit), .int(interval.value)) }
        members["specificTime"] = specificTime.map { .int($0.millisecondsSinceEpoch) }
        return .object(members)
    }

    init?(stored members: [String: JSONValue]) {
        guard case .string(let name)? = members["name"], let createdAt = members.time("createdAt"),
            let updatedAt = members.time("updatedAt"), let markedAt = members.time("markedAt"),
            case .string(let text)? = members["mark"], let mark = Mark(rawValue: text)
        else { return nil }
        self.init(name: name, createdAt: createdAt)
        (self.updatedAt, self.mark, self.markedAt) = (updatedAt, mark, markedAt)
        hasNoPayload = members["hasNoPayload"] == .bool(true)
        if case .string(let unit)? = members["unit"], let value = members.number("value") { interval = (unit, value) }
        specificTime = members.time("specificTime")
    }
}

extension [String: JSONValue] {
    /// A whole number among the members, which a database may have as another type.
    func number(_ name: String) -> Int64? { self[name].flatMap { FieldValue.json($0).wholeNumber } }

    /// Milliseconds since the beginning of 1970 among the members.
    func time(_ name: String) -> Timestamp? {
        number(name).map { Timestamp(millisecondsSinceEpoch: $0) }.flatMap {
            (Timestamp.earliest...Timestamp.latest).contains($0) ? $0 : nil
        }
    }
}
