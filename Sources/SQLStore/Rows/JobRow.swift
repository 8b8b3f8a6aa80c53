// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// A row of `jobs`: the fields that guards and queries need stand in columns, all others of the definition in one JSON text
/// with the names of the API.
struct JobRow {
    static let columns = """
        name, enabled, next_run_at, definition, manager_id, lock_epoch, owner_lost_at, is_new, edition, was_lost
        """

    /// The key as it is stored.
    let id: String
    /// The definition as it stands, field by field.
    var fields: [String: FieldValue] = [:]
    /// What is wrong with it.
    private(set) var faults: [FieldFault] = []
    /// `nil` when it cannot be understood.
    private(set) var job: Job?
    let managerID: ManagerID?
    let lockEpoch: Int64
    let ownerLostAt: Timestamp?
    let isNew: Bool
    let edition: Int64
    /// Whether the last lock found that it had been taken from a dead owner.
    let wasLost: Bool

    /// Reads a row of ``columns``; `known` is what its definition means, where that is known.
    init(_ row: SQLiteStatement, known: Job? = nil) {
        id = row.text(0)
        managerID = row.id(4).map { ManagerID($0) }
        lockEpoch = row.int(5)
        ownerLostAt = row.time(6)
        isNew = row.bool(7)
        edition = row.int(8)
        wasLost = row.bool(9)
        if var known {
            known.isEnabled = row.bool(1)
            known.nextRunAt = row.time(2)
            job = known
            return
        }
        if case .object(let members)? = StoredJSON.read(row.bytes(3) ?? []) {
            for (name, value) in members { fields[name] = Self.field(name, value) }
        } else {
            faults.append(FieldFault("definition", "is no JSON object"))
        }
        fields["enabled"] = .json(.bool(row.bool(1)))
        fields["nextRunAt"] = row.time(2).map { .date($0) }
        let name: JobName?
        do throws(InvalidJobName) {
            name = try JobName(id)
        } catch {
            name = nil
            faults.append(FieldFault("name", error.reason))
        }
        var reader = JobReader(from: .json)
        for (field, value) in fields.sorted(by: { $0.key < $1.key }) { reader.read(field, value) }
        if case .json(let stored)? = fields[JobDialect.field] { reader.readDialect(stored) }
        job = reader.finish(name)
        faults += reader.faults
        if !faults.isEmpty { job = nil }
    }

    /// As its owner sees it.
    var owned: OwnedJob? {
        job.map {
            OwnedJob(
                job: $0, managerID: managerID, lockEpoch: lockEpoch, wasTakenFromDeadOwner: ownerLostAt != nil,
                isNew: isNew, edition: edition)
        }
    }

    /// As a Scheduler sees it.
    var stored: StoredJob {
        owned.map { .valid($0) }
            ?? .malformed(
                MalformedJob(
                    id: EscapedText.bare(String(id.prefix(128))), reasons: faults.map(\.description),
                    managerID: managerID))
    }

    /// As the API sees it; `nil` under a name that no job can have.
    func record(withFields: Bool) -> JobRecord? {
        guard let name = try? JobName(id) else { return nil }
        return JobRecord(
            name: name, job: job, faults: faults, fields: withFields ? fields : [:], managerID: managerID,
            lockEpoch: lockEpoch, edition: edition)
    }

    /// The fields of a definition, as a row has them.
    static func fields(of job: Job) -> [String: FieldValue] {
        var fields: [String: FieldValue] = [:]
        for (field, value) in job.storedFields { fields[field.rawValue] = Self.field(field.rawValue, value) }
        fields[JobDialect.field] = job.dialect.map { .json($0.storedJSON) }
        return fields
    }

    /// The columns `enabled`, `next_run_at`, `retention` and `definition` of these fields.
    static func values(_ fields: [String: FieldValue]) -> [SQLValue] {
        var members: [String: JSONValue] = [:]
        for (name, value) in fields where name != "enabled" && name != "nextRunAt" {
            switch value {
            case .json(let value): members[name] = value
            case .date(let time): members[name] = .string(time.rfc3339)
            case .other: break
            }
        }
        var isEnabled = false
        if case .json(.bool(let value)) = fields["enabled"] { isEnabled = value }
        var nextRunAt: Timestamp?
        if case .date(let time) = fields["nextRunAt"] { nextRunAt = time }
        return [
            isEnabled.sql, nextRunAt.sql, (fields["retention"]?.wholeNumber ?? 0).sql, JSONValue.object(members).sql,
        ]
    }

    /// The labels among the fields, as one JSON object.
    static func labels(_ fields: [String: FieldValue]) -> JSONValue {
        if case .json(let labels) = fields["labels"] { labels } else { .object([:]) }
    }

    private static func field(_ name: String, _ value: JSONValue) -> FieldValue {
        if ["nextRunAt", "anchor", "startAt", "endAt"].contains(name), case .string(let text) = value,
            let time = Timestamp(rfc3339: text)
        {
            .date(time)
        } else {
            .json(value)
        }
    }
}

/// JSON that we wrote ourselves.
enum StoredJSON {
    /// Deeper than any that comes in.
    private static let maximumDepth = 200

    /// `nil` when it is none.
    static func read(_ text: [UInt8]) -> JSONValue? {
        try? JSONReader.read(text, nul: .kept, maximumDepth: maximumDepth)
    }
}
