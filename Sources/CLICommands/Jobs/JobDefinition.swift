// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// What users define of a job: its fields without those that the Scheduler keeps, and without defaults.
struct JobDefinition: Sendable, Equatable {
    let name: JobName
    /// As the API writes them; what is absent has its default.
    ///
    /// Secrets that a file gives are in it: see ``JobDelivery/masked(_:)``.
    let fields: [String: JSONValue]
    /// The same as the engine understands it.
    let job: Job

    /// The definition of a job that the API shows, or of a file, whose texts for durations are numbers already.
    ///
    /// - Throws: `InvalidDefinition` with what is wrong, by field.
    init(_ item: Item) throws(InvalidDefinition) {
        var reader = JobReader(from: .json)
        var name: JobName?
        switch item.members["name"] {
        case .string(let text)?:
            do { name = try JobName(text) } catch { reader.add("name", error.reason) }
        case nil: reader.add("name", "is missing")
        case let other?: reader.add("name", "found \(FieldValue.json(other).summary), expected a string")
        }
        var members = item.members
        let marks = SecretMarks(takenFrom: &members)
        for (field, value) in members.sorted(by: { $0.key < $1.key }) where !Self.ignored.contains(field) {
            if !reader.read(field, .json(value)) { reader.add(field, JobField.unknown(field)) }
        }
        let job = reader.finish(name)
        guard let name, let job else { throw InvalidDefinition(faults: reader.faults) }
        self.name = name
        self.job = job
        fields = marks.added(to: Self.withoutDefaults(job))
    }

    /// The delivery that a job gets which has that of `current` now: secrets that are not spoken of stay.
    func delivery(keepingSecretsOf current: JobDefinition) -> JSONValue? {
        let name = JobField.delivery.rawValue
        guard case .object(var ways)? = fields[name], case .object(var http)? = ways["http"],
            case .object(let others)? = current.fields[name], case .object(let before)? = others["http"]
        else { return fields[name] }
        for part in SecretMarks.names {
            let isNone = http[part] == .array([]) || http[part] == .object([:])
            if http[part] == nil || isNone && before[part] == nil { http[part] = before[part] }
        }
        ways["http"] = .object(http)
        return .object(ways)
    }

    private static let ignored: Set<String> = ["name", "managerId", "heartbeat"]

    private static func withoutDefaults(_ job: Job) -> [String: JSONValue] {
        let fields = job.storedFields.filter {
            !job.statedDefaults.contains($0.field) && $0.field.defaultJSON != $0.value
        }
        return Dictionary(uniqueKeysWithValues: fields.map { ($0.field.rawValue, $0.value) })
    }
}

/// What is said of secrets without naming them: how many there are, which headers they are in, or that there are to be none.
private struct SecretMarks {
    /// The members of an HTTP delivery that are secrets.
    static let names = ["secretHeaders", "signingSecrets"]

    private var marks: [String: JSONValue] = [:]

    /// Takes them out of the members of a job, so that what is left can be read for itself.
    init(takenFrom members: inout [String: JSONValue]) {
        let name = JobField.delivery.rawValue
        guard case .object(var ways)? = members[name], case .object(var http)? = ways["http"] else { return }
        for name in Self.names {
            guard let value = http[name], Self.isMark(value, name) else { continue }
            marks[name] = value == .null ? .array([]) : value
            http[name] = nil
        }
        ways["http"] = .object(http)
        members[name] = .object(ways)
    }

    private static func isMark(_ value: JSONValue, _ name: String) -> Bool {
        switch value {
        case .null: true
        case .array(let values): values.isEmpty || name == "secretHeaders"
        case .object(let members): members.isEmpty
        default: name == "signingSecrets" && FieldValue.json(value).wholeNumber != nil
        }
    }

    func added(to fields: [String: JSONValue]) -> [String: JSONValue] {
        let name = JobField.delivery.rawValue
        guard !marks.isEmpty, case .object(var ways)? = fields[name], case .object(var http)? = ways["http"] else {
            return fields
        }
        http.merge(marks) { $1 }
        ways["http"] = .object(http)
        return fields.merging([name: .object(ways)]) { $1 }
    }
}

/// Why something does not define a job.
struct InvalidDefinition: Error, Equatable {
    /// What is wrong, by field.
    let faults: [FieldFault]
}
