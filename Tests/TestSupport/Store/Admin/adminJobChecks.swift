// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import Testing

/// Texts that would do something in a query or an update if they ever got there as anything but a value.
let hostileTexts = ["$ne", "{\"$ne\":null}", "$$NOW", "$where", "a.b", ".*", "", "'; return true; //", "\u{0001}", "é"]

let adminJobChecks = [
    AdminStoreCheck("a new job is read as it was made, held by nobody, never edited") { sut in
        let job = try AdminFixture.fullJob("full")
        #expect(try await sut.store.create(job))
        let record = try #require(try await sut.store.job("full"))
        #expect(record.job == job)
        #expect(record.faults.isEmpty && record.managerID == nil && record.heartbeat == nil)
        #expect(record.lockEpoch == 0 && record.edition == 0)
        let plain = try AdminFixture.job("plain")
        #expect(try await sut.store.create(plain))
        #expect(try await sut.store.job("plain")?.job == plain)
        #expect(try await sut.store.job("none") == nil)
    },
    AdminStoreCheck("a name that is taken stays with the first") { sut in
        let first = try AdminFixture.job("a") { $0.description = "first" }
        #expect(try await sut.store.create(first))
        #expect(try await !sut.store.create(try AdminFixture.job("a") { $0.description = "second" }))
        #expect(try await sut.store.job("a")?.job == first)
        let outcomes = try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<12 {
                let job = try AdminFixture.job("b") { $0.description = "\(number)" }
                group.addTask { try await sut.store.create(job) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes.count { $0 } == 1)
    },
    AdminStoreCheck("jobs come in the order of their names' bytes, page by page") { sut in
        let names = ["a", "B", "a.b", "a-b", "a_b", "Z9", "0", "ab", "A", "b"]
        for name in names { #expect(try await sut.store.create(try AdminFixture.job(name))) }
        let ordered = names.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }
        for limit in [1, 3, 10, 11, 100] {
            let pages = try await sut.store.jobPages(limit: limit)
            #expect(pages.flatMap(\.self) == ordered, "limit \(limit)")
            #expect(pages.allSatisfy { $0.count <= limit && !$0.isEmpty }, "limit \(limit)")
        }
        // A cursor need not be there any more.
        let page = try await sut.store.jobs(after: try JobName("a-c"), labels: [:], limit: 100)
        #expect(page.elements.map(\.name.text) == ["a.b", "a_b", "ab", "b"])
    },
    AdminStoreCheck("labels narrow a list, all of them, as texts and nothing else", checkLabels),
    AdminStoreCheck("what looks like an operator is stored as it is") { sut in
        let payload = JSONValue.object([
            "$set": .object(["$inc": .int(1)]), "a.b": .string("$$NOW"), "": .null,
            "list": .array([.object(["$where": .string("1")])]),
        ])
        for (number, text) in hostileTexts.enumerated() {
            let job = try AdminFixture.job("job\(number)") {
                $0.payload = number == 0 ? payload : .object([text: .string(text)])
                $0.description = text
                if JobLabel.isValue(text) { $0.labels = ["key": text] }
            }
            #expect(try await sut.store.create(job))
            #expect(try await sut.store.job("job\(number)")?.job == job, "\(text)")
        }
    },
    AdminStoreCheck("a list of large jobs comes in more pages, and completely") { sut in
        let names = (10..<40).map { "job\($0)" }
        let payload = JSONValue.string(String(repeating: "x", count: 250_000))
        for name in names { #expect(try await sut.store.create(try AdminFixture.job(name) { $0.payload = payload })) }
        let pages = try await sut.store.jobPages(limit: 1_000)
        #expect(pages.flatMap(\.self) == names)
        #expect(pages.allSatisfy { !$0.isEmpty })
    },
]

@Sendable private func checkLabels(_ sut: AdminStoreUnderTest) async throws {
    let labels: [[String: String]] = [
        [:], ["team": "x"], ["team": "x", "env": "prod"], ["team": "y", "env": "prod"], ["a/b": "1", "a-b": "2"],
        ["app.kubernetes.io/name": "web", "app.kubernetes.io/part-of": "shop", "team": "z"],
        ["app.kubernetes.io/name": "web", "v1.2": "$name"], ["app": "kubernetes.io/name=web"],
    ]
    for (number, labels) in labels.enumerated() {
        let job = try AdminFixture.job("job\(number)") { $0.labels = labels }
        #expect(try await sut.store.create(job))
    }
    let cases: [(labels: [String: String], names: [String])] = [
        (["team": "x"], ["job1", "job2"]), (["team": "x", "env": "prod"], ["job2"]),
        (["env": "prod"], ["job2", "job3"]), (["a/b": "1"], ["job4"]),
        (["app.kubernetes.io/name": "web"], ["job5", "job6"]),
        (["app.kubernetes.io/name": "web", "team": "z"], ["job5"]),
        (["app.kubernetes.io/name": "web", "app.kubernetes.io/part-of": "shop"], ["job5"]),
        (["v1.2": "$name"], ["job6"]), (["v1.2": "name"], []), (["app.kubernetes.io/name": "we"], []),
    ]
    let hostile = hostileTexts.flatMap { [["team": $0], ["app.kubernetes.io/name": $0]] }
    for (labels, names) in cases + hostile.map({ ($0, []) }) {
        let pages = try await sut.store.jobPages(labels: labels, limit: 2)
        #expect(pages.flatMap(\.self) == names, "\(labels)")
    }
}

extension AdminFixture {
    /// A job that has every field.
    static func fullJob(_ name: String) throws -> Job {
        var fields = JobReader(from: .json)
        let values: [(String, JSONValue)] = [
            ("enabled", .bool(false)), ("cron", .string("0 30 3 * * 1")), ("timeZone", .string("Europe/Berlin")),
            ("nextRunAt", .string("2027-03-01T02:30:00.123Z")), ("misfirePolicy", .string("all")),
            ("maxCatchUp", .int(7)), ("allowConcurrentRuns", .bool(true)), ("maxQueueCount", .int(3)),
            ("runStartTimeout", .int(1_001)), ("runExecutionTimeout", .int(1_002)), ("heartbeatTimeout", .int(1_003)),
            ("maxAttempts", .int(4)),
            ("retryBackoff", .object(["initial": .int(5), "factor": .double(1.5), "max": .int(60_000)])),
            (
                "delivery",
                .object([
                    "http": .object([
                        "url": .string("https://example.com/hook?a=b&r=${runId}"), "method": .string("PUT"),
                        "timeout": .int(5_000), "maxConcurrent": .int(3),
                        "secretHeaders": .object(["Authorization": .string("Bearer $hush"), "$x.y": .string("a")]),
                        "signingSecrets": .array([
                            .string("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), .string("$an older secret of ours"),
                        ]),
                        "headers": .object(["X-Team": .string("ops"), "$odd.name": .string("a")]),
                    ])
                ])
            ),
            ("payload", .object(["a": .array([.int(1), .double(2.5), .null, .string("x")]), "b": .bool(true)])),
            ("startAt", .string("2027-01-01T00:00:00.000Z")), ("endAt", .string("2028-01-01T00:00:00.000Z")),
            ("jitter", .int(500)), ("description", .string("A job.\nWith \"quotes\".")),
            ("labels", .object(["team": .string("x"), "env/stage": .string("prod")])), ("retention", .int(86_400_000)),
        ]
        for (name, value) in values { fields.read(name, .json(value)) }
        var job = try #require(fields.finish(try JobName(name)), "\(fields.faults)")
        var letter = HTTPDelivery(url: "https://example.com/$letter")
        letter.secretHeaders = ["$x.y": Secret("hush")]
        job.dialect = .clockMonster(
            ClockMonsterTerms(
                id: 1 << 53 - 1, startAt: StoreFixture.start, iterations: -1,
                backoff: [0, 5, JobField.longestSpan / 1_000],
                signingSecret: Secret("$secret"),
                deadLetter: ClockMonsterTerms.Action(delivery: letter, signingSecret: Secret("\u{E9} e\u{301}"))))
        return job
    }
}
