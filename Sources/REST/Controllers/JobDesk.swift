// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

private import AddressGuard
import HTTPTypes
import ServiceHost
import Shared

/// Makes, edits and deletes jobs for whoever asks, in our own language or in a dialect.
struct JobDesk: Sendable {
    private let store: any AdminStore
    private let clock: any EngineClock
    private let hints: HintSender
    private let hasBus: Bool
    private let addressRules: AddressRules
    private let skips = SkipCounters()
    /// How far ahead an edit looks that has lost several races, so that slots that come one a millisecond do not outrun it.
    private static let foresight = Duration.seconds(1)

    /// Jobs that could never be delivered are refused.
    init(_ parts: APIParts) {
        store = parts.store
        clock = parts.clock
        hints = parts.hints
        hasBus = parts.hasBus
        addressRules = parts.addressRules
    }

    /// The job of that name; 404 where there is none.
    func record(_ name: JobName, withFields: Bool = false) async throws(Problem) -> JobRecord {
        let record = try await stored { () async throws(StoreError) in
            try await store.job(named: name, withFields: withFields)
        }
        guard let record else { throw .noJob }
        return record
    }

    /// Stores a new job, and has the Schedulers told; 409 when the name is taken.
    func create(_ job: Job) async throws(Problem) {
        try checkDelivery(job)
        let isNew = try await stored(field: "payload") { () async throws(StoreError) in try await store.create(job) }
        guard isNew else { throw Problem(.conflict, "there is a job of this name already") }
        hints.jobChanged(job.name)
    }

    /// Edits a job, and gives it as it is then.
    ///
    /// An edit that lost a race, against another one, a firing or a slot that was reached, is put together again from the job
    /// as it is then: `change` gives the fields that it writes. `check` comes last: a condition counts only for a request that would be
    /// done without it (RFC 9110, section 13.2.1).
    func edit(
        _ name: JobName, check: (JobRecord) throws(Problem) -> Void = { _ in },
        by change: (JobRecord) throws(Problem) -> (fields: [String: JSONValue], dialect: JobDialect?)
    ) async throws(Problem) -> JobRecord {
        for attempt in 0..<10 {
            let before = try await record(name, withFields: true)
            let edit = try await edit(
                of: before, by: try change(before), foresight: attempt < 5 ? .zero : Self.foresight)
            try checkDelivery(edit.after, of: edit.changed)
            try check(before)
            if edit.changed.isEmpty, before.job != nil { return before }
            let isStored = try await stored(field: "payload") { () async throws(StoreError) in
                try await store.apply(edit)
            }
            if isStored {
                hints.jobChanged(name)
                for skip in edit.skips { skips.count(skip) }
                var after = before
                after.job = edit.after
                after.edition += 1
                return after
            }
        }
        throw .later(.serviceUnavailable, "the job is being edited by others all the time", seconds: 1)
    }

    /// Where it takes slots away it asks which of them have a run of a Scheduler that has died since.
    private func edit(
        of before: JobRecord, by change: (fields: [String: JSONValue], dialect: JobDialect?), foresight: Duration
    ) async throws(Problem) -> JobEdit {
        let now = clock.now()
        let edit = try JobBody.edit(
            of: before, by: change.fields, now: now, foresight: foresight, dialect: change.dialect)
        guard let first = edit.skips.first?.firstSlot, before.lockEpoch > 0 else { return edit }
        let begun = try await stored { () async throws(StoreError) in
            try await store.begunSlots(from: [before.name: first])[before.name] ?? []
        }
        return begun.isEmpty
            ? edit
            : try JobBody.edit(
                of: before, by: change.fields, now: now, foresight: foresight, begun: begun, dialect: change.dialect)
    }

    /// Deletes a job, with `expected` only while it is still that edition; gives whether there was one.
    func delete(_ name: JobName, expected: JobRecord? = nil) async throws(Problem) -> Bool {
        let outcome = try await stored { () async throws(StoreError) in
            try await store.delete(name, expected: expected)
        }
        switch outcome {
        case .missing: return false
        case .conflict: throw .changed
        case .deleted: break
        }
        hints.jobChanged(name)
        return true
    }

    /// 422 for a job that could never be delivered; an edit of other fields may leave a host that is not allowed any more.
    private func checkDelivery(_ job: Job, of changed: Set<String> = [JobField.delivery.rawValue]) throws(Problem) {
        let isWritten = changed.contains(JobField.delivery.rawValue)
        guard isWritten || job.needsBus, let fault = job.deliveryFault(hasBus: hasBus, rules: addressRules) else {
            return
        }
        throw .invalid([fault])
    }
}
