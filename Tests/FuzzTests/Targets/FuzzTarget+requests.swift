// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import HTTPTypes
import Shared

@testable import REST
@testable import ServiceHost

extension FuzzTarget {
    private static let now = Timestamp(millisecondsSinceEpoch: 1_800_000_000_000)

    /// A line with the query of a request, then its body.
    static func runRequests(_ bytes: [UInt8]) {
        let (line, body) = firstLine(bytes)
        runQuery(String(decoding: line, as: UTF8.self))
        runHead(String(decoding: line, as: UTF8.self))
        guard let value = try? JSONReader.read(body) else { return }
        var writer = JSONWriter()
        writer.write(value)
        precondition((try? JSONReader.read(writer.bytes)) == value, "what was written is read as something else")
        guard case .object(let members) = value else { return }
        runJob(members)
    }

    private static func runHead(_ text: String) {
        if let path = PercentText.normalized(text[...]) {
            precondition(PercentText.normalized(path[...]) == path, "a normal path has another normal form")
        }
        _ = RequestTarget.isHost(text[...])
        _ = try? RequestTarget(text, isOptions: true)
        _ = try? TagList([text], of: .ifMatch)
    }

    private static func runQuery(_ text: String) {
        var query = QueryReader(text[...], known: ["limit", "after", "jobName", "status", "createdBefore", "labels"])
        let limit = query.limit()
        precondition((1...1_000).contains(limit), "a limit out of its range")
        _ = query.identifier("after")
        _ = query.jobName("jobName")
        _ = query.all("status")
        _ = query.time("createdBefore")
        _ = JobsController.labels(&query)
        _ = query.next(after: "next")
    }

    /// A new job; and an edit of a job by the same members.
    private static func runJob(_ members: [String: JSONValue]) {
        if let job = try? JobBody.newJob(members, now: now) {
            let record = JobRecord(
                name: job.name, job: job,
                fields: Dictionary(uniqueKeysWithValues: job.storedFields.map { ($0.field.rawValue, .json($0.value)) }))
            let again = try? JobBody.edit(of: record, by: [:], now: now)
            precondition(again?.after == job, "a job that is not read as it was written")
            _ = EntityTag(record)
            walk(job)
            if let http = job.delivery.http { render(http, of: job) }
        }
        guard let name = try? JobName("fuzz") else { return }
        let job = Job(name: name, schedule: .every(.seconds(60)), nextRunAt: now)
        let record = JobRecord(
            name: name, job: job,
            fields: Dictionary(uniqueKeysWithValues: job.storedFields.map { ($0.field.rawValue, .json($0.value)) }))
        if let edit = try? JobBody.edit(of: record, by: members, now: now) { walk(edit.after) }
    }

    /// What templates put into a request keeps it on its lines.
    private static func render(_ http: HTTPDelivery, of job: Job) {
        let message = ActionMessage(
            jobName: job.name, runID: RunID(.zero), action: .run, attempt: 1, scheduledTime: now, payload: nil,
            decidedAt: now)
        let values = TemplateValues(message, slot: now, zone: job.schedule.zone ?? .utc)
        let texts = [http.url.rendered(values, isEncoded: true)] + http.headers.values.map { $0.rendered(values) }
        for text in texts {
            precondition(text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }, "a control character")
        }
        precondition(texts[0].utf8.allSatisfy { (0x21...0x7E).contains($0) }, "no URL")
        let shown = job.jsonFields.first { $0.field == .delivery }?.value
        precondition(shown.map { JobDelivery.masked($0) == $0 } ?? true, "a secret is shown")
    }

    /// The first slots of a job.
    static func walk(_ job: Job) {
        var slot = job.nextRunAt.flatMap { job.firstSlot(from: $0) }
        for _ in 0..<3 {
            guard let current = slot else { return }
            precondition(job.dueAt(current) >= current, "a slot that is due before its time")
            slot = job.slot(after: current)
            precondition(slot.map { $0 > current } ?? true, "the next slot is not later")
        }
    }
}
