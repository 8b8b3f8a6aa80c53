// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

extension StoreBatch {
    /// Its elements as documents, in their order.
    var documents: [BSONFields] {
        switch self {
        case .deletions(let rows): rows.map(Self.document)
        case .claims(let rows): rows.map(Self.document)
        case .runs(let rows): rows.map(Self.document)
        case .jobs(let rows): rows.map(Self.document)
        }
    }

    private static func document(_ deletion: Deletion) -> BSONFields {
        [
            "_id": .string(deletion.jobName.text), "deletedAt": .date(deletion.deletedAt),
            "heartbeatTimeout": .int64(deletion.heartbeatTimeout.milliseconds), "lockEpoch": .int64(deletion.lockEpoch),
        ]
    }

    private static func document(_ aged: AgedClaim) -> BSONFields {
        var document: BSONFields = [
            "_id": .string(aged.claim.key), "runId": .objectID(aged.claim.runID.value),
            "bodyHash": .string(aged.claim.body), "jobName": .string(aged.claim.jobName.text),
            "createdAt": .date(aged.createdAt),
        ]
        if aged.claim.isDone { document.append("done", true) }
        return document
    }

    /// A run of a deleted job leaves its slot to a new one, as ``RunRetirement`` has it.
    private static func document(_ run: Run) -> BSONFields {
        let fields = RunDocument.fields(of: run)
        guard run.isRetired, run.trigger == .schedule, run.scheduledTime != nil else { return fields }
        return BSONFields(fields.elements.filter { $0.name != "trigger" }.map { ($0.name, $0.value) })
    }

    private static func document(_ job: WholeJob) -> BSONFields {
        var document: BSONFields = ["_id": .string(job.id)]
        // In the order of docs/database.md; what is no field of a job comes last.
        let known = JobField.allCases.map(\.rawValue)
        for name in known + job.fields.keys.filter({ !known.contains($0) }).sorted() {
            switch job.fields[name] {
            case .date(let time)?: document.append(name, .date(time))
            case .json(let value)?: document.append(name, .json(value))
            case .other?, nil: break
            }
        }
        if case .date = job.fields["anchor"], case .date(let slot) = job.fields["nextRunAt"] {
            document.append(AnchoredSlot.field, .date(slot))
        }
        document.append(LabelPairs.field, ifPresent: LabelPairs.value(of: labels(job)))
        if job.lockEpoch != 0 { document.append("lockEpoch", .int64(job.lockEpoch)) }
        if job.edition != 0 { document.append("edition", .int64(job.edition)) }
        document.append("ownerLostAt", ifPresent: job.ownerLostAt.map { .date($0) })
        if job.isNew { document.append("creation", .objectID(Identifier.new())) }
        SkipRecord.append(job.skips, counts: job.skipped, to: &document)
        return document
    }

    private static func labels(_ job: WholeJob) -> [String: String] {
        guard case .json(.object(let labels))? = job.fields["labels"] else { return [:] }
        return labels.compactMapValues { if case .string(let text) = $0 { text } else { nil } }
    }
}
