// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import MongoStore
import Shared
import TestSupport
import Testing

private func prepareJobs(_ sut: DocumentsUnderTest, _ names: [String]) async throws {
    try await sut.put(names.map { RawDocument.job($0) })
    #expect(try await sut.store.lock(names.map { try JobName($0) }, for: StoreFixture.manager(1)).count == names.count)
}

/// What a job has that the first manager has locked once.
private func owned(_ more: RawDocument) -> RawDocument {
    ["managerId": .objectID(StoreFixture.manager(1).value), "lockEpoch": .int64(1)].merging(more) { $1 }
}

/// Slots, skips and editions in the documents of jobs.
let advanceDocumentChecks = [
    DocumentCheck("the skips of a step are recorded once, counted by reason") { sut in
        try await prepareJobs(sut, ["a"])
        let steps: [JobAdvance] = [
            try .step("a", skips: [.skip(.misfire, 0, count: 3), .skip(.queueFull, 1), .skip(.misfire, 2)])
        ]
        for _ in 1...2 { #expect(try await sut.store.advance(steps).count == 1) }
        let document = try await sut.document("jobs", .string("a"))
        #expect(document?["skipped"] == .document(["misfire": .int64(4), "queueFull": .int64(1)]))
        guard case .array(let rows) = document?["skips"] else {
            Issue.record("no rows")
            return
        }
        #expect(rows.count == 3)
        #expect(
            rows.first
                == .document([
                    "reason": .string("misfire"), "firstSlot": .date(StoreFixture.start),
                    "lastSlot": .date(StoreFixture.start + .seconds(120)), "count": .int64(3),
                    "decidedAt": .date(StoreFixture.start + .seconds(1)),
                ]))
    },
    DocumentCheck("the last hundred rows of skips are kept, all are counted") { sut in
        try await prepareJobs(sut, ["a"])
        for index in 0..<3 {
            let skips = (0..<60).map { SlotSkip.skip(.disabled, Int64(index * 1000 + $0)) }
            let from = Int64(index) * 1000
            #expect(try await sut.store.advance([.step("a", from: from, to: from + 1000, skips: skips)]).count == 1)
        }
        let document = try await sut.document("jobs", .string("a"))
        #expect(document?["skipped"] == .document(["disabled": .int64(180)]))
        guard case .array(let rows) = document?["skips"], case .document(let last) = rows.last else {
            Issue.record("no rows")
            return
        }
        #expect(rows.count == 100)
        #expect(last["firstSlot"] == .date(StoreFixture.start + .milliseconds(2059)))
    },
    DocumentCheck("a record of skips that is none begins anew, and nobody stays where it is") { sut in
        let broken: [(String, RawDocument)] = [
            ("text", ["skips": .string("x"), "skipped": .int32(5)]), ("good", [:]),
            ("count", ["skipped": .document(["misfire": .string("many")])]), ("other", ["skips": .document([:])]),
        ]
        try await sut.put(broken.map { RawDocument.job($0.0, $0.1) })
        let names = try broken.map { try JobName($0.0) }
        #expect(try await sut.store.lock(names, for: StoreFixture.manager(1)).count == 4)
        let steps: [JobAdvance] = try names.map { try JobAdvance.step($0.text, skips: [.skip(.misfire, 0, count: 3)]) }
        #expect(try await sut.store.advance(steps) == Set(names))
        for name in names {
            let document = try await sut.document("jobs", .string(name.text))
            #expect(document?["skipped"] == .document(["misfire": .int64(3)]), "\(name)")
            guard case .array(let rows) = document?["skips"] else {
                Issue.record("no rows of \(name)")
                continue
            }
            #expect(rows.count == 1, "\(name)")
        }
    },
    DocumentCheck("a foreign edition is read as none, and keeps nobody from moving the job") { sut in
        try await prepareJobs(sut, ["a"])
        try await sut.put("jobs", RawDocument.job("a", owned(["edition": .string("second")])))
        #expect(try await sut.store.jobs(named: [JobName("a")]).first?.owned?.edition == .some(nil))
        #expect(try await sut.store.advance([.step("a", edition: nil)]).count == 1)
        #expect(
            try await sut.store.advance([.step("a", from: 60_000, to: 60_000, edition: nil, isEdit: true)]).count == 1)
        #expect(try await sut.store.jobs(named: [JobName("a")]).first?.owned?.edition == 1)
    },
]
