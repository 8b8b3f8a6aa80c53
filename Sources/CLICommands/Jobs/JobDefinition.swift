// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// What users define of a job: its fields without those that the Scheduler keeps, and without defaults.
struct JobDefinition: Sendable, Equatable {
    let name: JobName
    /// As the API writes them; what is absent has its default.
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
        for (field, value) in item.members.sorted(by: { $0.key < $1.key }) where !Self.ignored.contains(field) {
            if !reader.read(field, .json(value)) { reader.add(field, JobField.unknown(field)) }
        }
        let job = reader.finish(name)
        guard let name, let job else { throw InvalidDefinition(faults: reader.faults) }
        self.name = name
        self.job = job
        fields = Self.withoutDefaults(job)
    }

    private static let ignored: Set<String> = ["name", "managerId", "heartbeat"]

    private static func withoutDefaults(_ job: Job) -> [String: JSONValue] {
        let fields = job.jsonFields.filter {
            !job.statedDefaults.contains($0.field) && $0.field.defaultJSON != $0.value
        }
        return Dictionary(uniqueKeysWithValues: fields.map { ($0.field.rawValue, $0.value) })
    }
}

/// Why something does not define a job.
struct InvalidDefinition: Error, Equatable {
    /// What is wrong, by field.
    let faults: [FieldFault]
}
