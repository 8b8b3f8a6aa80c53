// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// A job as a client of ClockMonster sees it: what it was made from, without the secrets, with its number and how far it has come.
struct ClockJob {
    private let job: Job
    private let terms: ClockMonsterTerms
    /// Its runs that have not ended.
    private let open: [RunRecord]

    /// `nil` for a job that the dialect has not made, or that cannot be understood.
    init?(_ record: JobRecord, open: [RunRecord]) {
        guard let job = record.job, let terms = job.clockMonster else { return nil }
        (self.job, self.terms, self.open) = (job, terms, open)
    }

    /// Whether there is neither a slot nor a run ahead: it is about to be removed.
    var isOver: Bool { job.nextRunAt == nil && open.isEmpty }

    /// What stands in the place of a secret.
    private static let mask = "***"

    /// Whether a header is one that gives somebody a right, so that its value is shown to nobody.
    static func isSecret(header name: String) -> Bool {
        let words = ["authorization", "cookie", "token", "secret", "password", "api-key", "apikey", "credential"]
        let lower = name.lowercased()
        return words.contains { lower.contains($0) }
    }

    /// As it is answered.
    var json: JSONValue {
        let slot = job.nextRunAt ?? open.compactMap(\.scheduledTime).max() ?? terms.startAt
        let isRepeating = terms.iterations != 0
        var failure: [String: JSONValue] = [
            "backoff": .array(terms.backoff.map { .int($0) }), "iterationsCount": .int(failures),
        ]
        failure["deadLetter"] = terms.deadLetter.map(Self.json)
        let action = job.delivery.http.map {
            Self.json(ClockMonsterTerms.Action(delivery: $0, signingSecret: terms.signingSecret))
        }
        return .object([
            "id": .int(terms.id), "payload": job.payload ?? .null,
            "time": .object([
                "type": .string(isRepeating ? "REPEATING" : "ONCE"),
                "nextRunUnix": .int(slot.millisecondsSinceEpoch / 1_000), "iterations": .int(terms.iterations),
                "iterationsCount": .int(iterations), "interval": .int(job.interval.milliseconds / 1_000),
            ]),
            "action": action ?? .null, "failure": .object(failure),
        ])
    }

    /// How many runs there were, those that have not ended left out.
    private var iterations: Int64 {
        guard terms.iterations != 0 else { return 0 }
        let interval = max(1, job.interval.milliseconds)
        let passed =
            job.nextRunAt.map { ($0 - terms.startAt).milliseconds / interval } ?? max(0, terms.iterations)
        return max(0, passed - Int64(open.count { $0.scheduledTime != nil }))
    }

    /// How many attempts of its run have failed.
    private var failures: Int64 {
        open.map { run in Int64(run.attempts.count { $0.status == .failed }) }.max() ?? 0
    }

    private static func json(_ action: ClockMonsterTerms.Action) -> JSONValue {
        let http = action.delivery
        var members: [String: JSONValue] = ["url": .string(http.url.plainText ?? http.url.text)]
        members["signingSecret"] = action.signingSecret.map { _ in .string(mask) }
        var headers = http.headers.mapValues { JSONValue.string($0.plainText ?? $0.text) }
        for name in http.secretHeaders.keys { headers[name] = .string(mask) }
        if !headers.isEmpty { members["additionalHeaders"] = .object(headers) }
        return .object(["http": .object(members)])
    }
}
