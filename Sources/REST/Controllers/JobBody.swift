// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared

/// Makes jobs from the bodies of requests; the rules themselves are those of `JobReader`.
package enum JobBody {
    /// What the Go program's command line sends along, and what nobody may set.
    private static let ignored: Set<String> = ["managerId", "heartbeat"]

    /// The job that a `POST` describes.
    ///
    /// `dialect` is what goes with it where it was not our own API that was asked.
    package static func newJob(
        _ body: [String: JSONValue], now: Timestamp, dialect: JobDialect? = nil
    ) throws(Problem) -> Job {
        var fields = JobReader(from: .json)
        var name: JobName?
        switch body["name"] {
        case .string(let text)?:
            do { name = try JobName(text) } catch { fields.add("name", error.reason) }
        case nil: fields.add("name", "is missing")
        case let other?: fields.add("name", "found \(FieldValue.json(other).summary), expected a string")
        }
        read(body, into: &fields)
        var job = fields.finish(name)
        job?.dialect = dialect
        if job?.nextRunAt == nil, let unarmed = job {
            job?.nextRunAt = NextSlot.first(of: unarmed, now: now)
            if job?.nextRunAt == nil { fields.add("nextRunAt", NextSlot.missing(for: unarmed)) }
        }
        guard fields.faults.isEmpty, let job else { throw .invalid(fields.faults) }
        return job
    }

    /// What a `PATCH` changes: absent = unchanged, null = the default.
    ///
    /// The stored fields with those of the patch laid over them are read like a new job, so every rule holds for the
    /// result, and a stored job that breaks one can be repaired. Slots that were reached, or are within `foresight`, and that
    /// the edit takes away are recorded with it, but for those in `begun`, which have a run. `dialect` takes the place of what a
    /// dialect has stored with the job.
    package static func edit(
        of before: JobRecord, by patch: [String: JSONValue], now: Timestamp, foresight: Duration = .zero,
        begun: Set<Timestamp> = [], dialect: JobDialect? = nil
    ) throws(Problem) -> JobEdit {
        let secrets = JobReader.secrets(stored: before.fields[JobField.delivery.rawValue])
        var fields = JobReader(from: .json, keepingSecretsOf: secrets)
        if let name = patch["name"], name != .string(before.name.text) { fields.add("name", "cannot be changed") }
        var given = Set(patch.keys.filter { JobField(rawValue: $0) != nil })
        if before.job == nil {
            // What is null is written with its default.
            given.formUnion(JobField.allCases.map(\.rawValue).filter { before.fields[$0]?.isNull ?? false })
        }
        // A zone goes with the cron, or the step on the calendar, that it belongs to.
        let owners = ["cron", "every"]
        let isLeft = owners.contains { !(patch[$0].map { $0 == .null } ?? before.fields[$0]?.isNull ?? true) }
        if !isLeft, owners.contains(where: { patch[$0] == .null }) { given.insert("timeZone") }
        var kept = before.fields.filter { !given.contains($0.key) && !$0.value.isNull }
        // That of the job as it was read is kept below: in the document may stand one that counts no more.
        if before.job != nil { kept["anchor"] = nil }
        for (name, value) in kept.sorted(by: { $0.key < $1.key }) {
            fields.read(name, name == "payload" ? value : value.withoutNulls)
        }
        // A stored job without it is disabled, as `JobReader` has it.
        if patch["enabled"] == nil, before.fields["enabled"]?.isNull ?? true {
            fields.read("enabled", .json(.bool(false)))
        }
        read(patch, into: &fields)
        if dialect == nil, case .json(let stored)? = before.fields[JobDialect.field] { fields.readDialect(stored) }
        var job = fields.finish(before.name)
        if let dialect { job?.dialect = dialect }
        let isAnchored =
            given.contains("anchor") || patch["nextRunAt"] != nil && job?.nextRunAt != before.job?.nextRunAt
        if !isAnchored, let former = before.job { job?.keepAnchor(of: former) }
        if let read = job {
            var changed = difference(before.job, read, among: given)
            if let dialect, before.job?.dialect != dialect { changed.insert(JobDialect.field) }
            let isOver = read.nextRunAt == nil && !changed.isDisjoint(with: ["startAt", "endAt"])
            // A zone that is only said now, and was the same before, changes no slot.
            let isAnother = before.job?.schedule != read.schedule
            let isRescheduled =
                isOver || isAnother && !changed.isDisjoint(with: ["cron", "every", "timeZone", "interval", "anchor"])
            let isUnset = isRescheduled || isUnarmed(read, before)
            if given.contains("nextRunAt") ? read.nextRunAt == nil : isUnset {
                job?.nextRunAt =
                    given.contains("nextRunAt") && read.schedule != .once
                    ? NextSlot.first(of: read, now: now) : NextSlot.afterEdit(of: before.job, to: read, now: now)
                if job?.nextRunAt == nil, read.schedule != .once {
                    fields.add("nextRunAt", NextSlot.missing(for: read))
                }
            }
            if fields.faults.isEmpty, let after = job {
                guard let former = before.job else {
                    if after.nextRunAt != read.nextRunAt { changed.insert("nextRunAt") }
                    if after.anchor != nil { changed.insert("anchor") }
                    return JobEdit(before: before, after: after, changed: changed)
                }
                let limit = now + foresight
                let (stored, skips) = after.replacing(former, now: now, upTo: limit, begun: begun)
                if stored.nextRunAt != former.nextRunAt { changed.insert("nextRunAt") }
                // Together: an anchor counts with the slot that it was written with.
                if stored.anchor != former.anchor || changed.contains("nextRunAt") && stored.anchor != nil {
                    changed.insert("anchor")
                }
                return JobEdit(
                    before: before, after: stored, changed: changed, skips: skips,
                    until: stored.hasRule(of: former) && stored.nextRunAt == former.nextRunAt
                        ? nil : former.firstOpenSlot(after: limit))
            }
        }
        throw .invalid(fields.faults)
    }

    /// Whether what the stored job lacks is a slot.
    private static func isUnarmed(_ job: Job, _ before: JobRecord) -> Bool {
        before.job == nil && job.nextRunAt == nil && job.endAt == nil && job.schedule != .once
    }

    private static func read(_ body: [String: JSONValue], into fields: inout JobReader) {
        for (name, value) in body.sorted(by: { $0.key < $1.key }) where name != "name" && !ignored.contains(name) {
            if !fields.read(name, .json(value)) {
                fields.add(FieldFault.shown(name), JobField.unknown(name))
            } else if name == "payload", value.hasNUL, !fields.faults.contains(where: { $0.field == name }) {
                fields.add(name, "holds a NUL character")
            }
        }
    }

    private static func difference(_ before: Job?, _ after: Job, among names: Set<String>) -> Set<String> {
        guard let before else { return names }
        let old = Dictionary(uniqueKeysWithValues: before.storedFields.map { ($0.field.rawValue, $0.value) })
        let new = Dictionary(uniqueKeysWithValues: after.storedFields.map { ($0.field.rawValue, $0.value) })
        return names.filter { old[$0] != new[$0] }
    }
}

extension FieldValue {
    /// Without members that are null: in a stored job they are as if they were not there.
    fileprivate var withoutNulls: FieldValue {
        if case .json(.object(let members)) = self {
            .json(.object(members.filter { $0.value != .null }))
        } else {
            self
        }
    }
}
