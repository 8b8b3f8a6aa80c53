// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import Synchronization
import TestSupport
import Testing

@testable import CLICommands

/// Files that are applied to the API's own code, edited and applied again, while the jobs' slots are fired.
@Suite struct ApplyHistoryTests {
    private static let start = Timestamp(millisecondsSinceEpoch: 1_800_000_000_000)

    private static func documents(_ yaml: String) throws -> [JobDocument] {
        var reader = JobDocumentReader()
        reader.read(Array(yaml.utf8), path: "jobs.yaml")
        try #require(reader.faults == [], "\(yaml)")
        return reader.documents
    }

    /// What `diff` says.
    private static func plan(_ yaml: String, _ api: RealAPI) async throws -> [JobChange] {
        try await JobApplier(api: api.client, now: api.now).plan(try documents(yaml), prune: false, labels: [])
    }

    /// Applies the file.
    ///
    /// Gives whether anything was done.
    @discardableResult
    private static func apply(_ yaml: String, _ api: RealAPI) async throws -> Bool {
        let plan = try await plan(yaml, api)
        var complaints: [CLIFailure] = []
        _ = try await JobApplier(api: api.client, now: api.now)
            .apply(plan, report: { _ in }, complain: { complaints.append($0) })
        try #require(complaints.isEmpty, "\(complaints) for \(yaml)")
        return plan.contains { $0.action != .keep }
    }

    private static func nextRunAt(_ api: RealAPI) throws -> Timestamp? {
        let name = try JobName("a")
        return api.store.state.withLock { $0.jobs[name]?.job?.nextRunAt }
    }

    @Test(arguments: [
        "2027-06-01T00:00:00Z", "2027-01-15T08:00:00.001Z", "2027-01-15T09:00:00Z", "2029-12-31T23:00:00Z",
    ])
    func `an earlier slot that is still ahead is a change`(_ slot: String) async throws {
        let api = RealAPI(now: Self.start)
        try await Self.apply("name: a\ninterval: 1h\nnextRunAt: 2030-01-01T00:00:00Z", api)
        let file = "name: a\ninterval: 1h\nnextRunAt: \(slot)"
        #expect(try await Self.apply(file, api))
        #expect(try Self.nextRunAt(api) == Timestamp(rfc3339: slot))
        #expect(try await !Self.apply(file, api))
    }

    @Test func `a row that began long ago is not one that begins in three years`() async throws {
        let api = RealAPI(now: Self.start)
        try await Self.apply("name: a\ninterval: 1h\nnextRunAt: 2030-01-01T00:00:00Z", api)
        let file = "name: a\ninterval: 1h\nnextRunAt: 2026-01-01T00:00:00Z"
        #expect(try await Self.apply(file, api))
        #expect(try Self.nextRunAt(api) == Self.start + .seconds(3_600))
        #expect(try await !Self.apply(file, api))
    }

    @Test func `a new interval on the same row is put on that row`() async throws {
        let api = RealAPI(now: Self.start)
        try await Self.apply("name: a\ninterval: 1h\nnextRunAt: 2027-01-01T00:00:00Z", api)
        api.fire()
        for interval in ["2h", "90m", "7m", "1d", "1h"] {
            let file = "name: a\ninterval: \(interval)\nnextRunAt: 2027-01-01T00:00:00Z"
            #expect(try await Self.apply(file, api))
            #expect(try await !Self.apply(file, api), "\(interval)")
            api.now = api.now + .seconds(86_399)
            api.fire()
            #expect(try await !Self.apply(file, api), "\(interval), a day later")
        }
    }

    @Test func `what looks alike and is other text is a change`() async throws {
        let api = RealAPI(now: Self.start)
        let pairs = [("\u{e9}", "e\u{301}"), ("1", "1.0"), ("0.0", "-0.0"), ("{\u{e9}: 1}", "{e\u{301}: 1}")]
        for (one, other) in pairs {
            for payload in [one, other, one] {
                let file = "name: a\ninterval: 1h\npayload: \(payload)"
                #expect(try await Self.apply(file, api), "\(payload.unicodeScalars.map(\.value))")
                #expect(try await !Self.apply(file, api), "\(payload.unicodeScalars.map(\.value))")
            }
        }
    }

    /// By the file's own row: never by what the planner thinks.
    @Test func `apply then diff is empty, whatever the file and however time goes on`() async throws {
        var random = SplitMix(seed: 3)
        var changes = 0
        for round in 0..<400 {
            let api = RealAPI(now: Self.start)
            var last: String?
            for step in 0..<8 {
                let file = FileDraw.file(at: api.now, &random)
                let isDone = try await Self.apply(file, api)
                changes += isDone ? 1 : 0
                let label = "round \(round), step \(step), after \(last ?? "nothing"), at \(api.now): \(file)"
                #expect(try await Self.plan(file, api).map(\.action) == [.keep], "\(label)")
                try expectObeyed(file, api, label)
                for _ in 0..<2 {
                    if Bool.random(using: &random) { api.fire() }
                    let pause = [0, 1, 999, 60_000, 3_600_000, 86_400_000].randomElement(using: &random) ?? 0
                    api.now = api.now + .milliseconds(Int64.random(in: 0...Int64(pause), using: &random))
                    if Bool.random(using: &random) { api.fire() }
                    #expect(try await Self.plan(file, api).map(\.action) == [.keep], "later, \(api.now): \(label)")
                }
                last = file
            }
        }
        #expect(changes > 2_000)
    }

    /// The job has every field of the file, and a slot of the file that lies ahead.
    private func expectObeyed(_ file: String, _ api: RealAPI, _ label: String) throws {
        let wanted = try #require(try Self.documents(file).first).definition
        let name = wanted.name
        let job = try #require(api.store.state.withLock { $0.jobs[name]?.job })
        var same = job
        same.nextRunAt = wanted.job.nextRunAt
        var fields = try JobDefinition(
            Item(
                members: Dictionary(
                    uniqueKeysWithValues: same.jsonFields.map { ($0.field.rawValue, $0.value) } + [
                        ("name", .string(name.text))
                    ]))
        ).fields
        // What the file does not say is the API's.
        if wanted.job.anchor == nil { fields["anchor"] = nil }
        #expect(fields == wanted.fields, "\(label)")
        guard let slot = wanted.job.nextRunAt else { return }
        if slot > api.now, slot <= wanted.job.endAt ?? .latest { #expect(job.nextRunAt == slot, "\(label)") }
        if slot <= api.now, let next = job.nextRunAt, case .every(let interval) = wanted.job.schedule {
            #expect((next - slot).milliseconds % interval.milliseconds == 0, "off the row: \(label)")
            #expect(next <= max(api.now, wanted.job.startAt ?? api.now) + interval, "too far: \(label)")
        }
    }
}
