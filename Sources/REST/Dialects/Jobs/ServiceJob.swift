// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// What the Scheduler Service says of a job in one word.
enum ServiceJobStatus: String, CaseIterable {
    case active, inactive
    /// Its last run has failed for good, or somebody has said so; it goes on.
    case failed

    static let listed = allCases.map(\.rawValue).joined(separator: ", ")

    /// That of a job whose last run to end was `last`.
    init(of job: Job, _ terms: ServiceJobTerms, last: RunRecord?) {
        guard job.isEnabled else {
            self = .inactive
            return
        }
        if let last, let end = last.endTime, end > terms.markedAt {
            self = last.status == .failed ? .failed : .active
        } else {
            self = terms.mark == .failed ? .failed : .active
        }
    }
}

/// A job as a client of the Scheduler Service sees it.
struct ServiceJob {
    private let job: Job
    private let terms: ServiceJobTerms
    /// The last of its runs that has completed or failed.
    private let last: RunRecord?

    /// `nil` for a job that the dialect has not made, or that cannot be understood.
    init?(_ record: JobRecord, last: RunRecord?) {
        guard let job = record.job, let terms = job.serviceJob else { return nil }
        (self.job, self.terms, self.last) = (job, terms, last)
    }

    var status: ServiceJobStatus { ServiceJobStatus(of: job, terms, last: last) }

    /// Writes it as an object; what there is not is null.
    func write(to json: inout JSONWriter) {
        let schedule = ServiceSchedule(job)
        json.beginObject()
        json.member("id", .string(job.name.text))
        json.member("name", .string(terms.name))
        json.member("description", job.description.map { .string($0) } ?? .null)
        json.member("type", .string("http"))
        json.member("target", .string(job.delivery.http.map { $0.url.plainText ?? $0.url.text } ?? ""))
        json.member("payload", terms.hasNoPayload && job.payload == .object([:]) ? .null : job.payload ?? .null)
        json.member("cron_expression", schedule.cron.map { .string($0) } ?? .null)
        json.member("schedule_type", .string(schedule.type))
        json.member("specific_time", time(schedule.time))
        json.member("interval", schedule.interval.map { .string($0.unit) } ?? .null)
        json.member("interval_value", schedule.interval.map { .int($0.value) } ?? .null)
        json.member("status", .string(status.rawValue))
        json.member("created_at", time(terms.createdAt))
        json.member("updated_at", time(max(terms.updatedAt, last?.endTime ?? .earliest)))
        json.member("last_run", time(last?.startTime ?? last?.endTime))
        json.member("next_run", time(job.nextRunAt))
        json.member("error_message", last?.status == .failed ? .string(last?.error ?? "failed") : .null)
        json.endObject()
    }

    private func time(_ time: Timestamp?) -> JSONValue { time.map { .string($0.rfc3339) } ?? .null }
}
