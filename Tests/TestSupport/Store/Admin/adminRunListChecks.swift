// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import Testing

/// Runs of two jobs in every status, several in a second, some of which have not started or were never heard of.
private func seedRuns(_ sut: AdminStoreUnderTest) async throws -> [RunRecord] {
    let runs = try (0..<72).map { number in
        let created = AdminFixture.start + .milliseconds(Int64(number) * 251)
        var run = Run(
            id: AdminFixture.runID(UInt32(number), at: created), jobName: try JobName(number / 6 % 2 == 0 ? "a" : "b"),
            createdTime: created, scheduledTime: nil, trigger: .manual)
        run.status = RunStatus.allCases[number % RunStatus.allCases.count]
        if number % 3 == 2 { run.startTime = created + .milliseconds(400) }
        if number % 4 > 1 { run.heartbeat = created + .milliseconds(900) }
        return run
    }
    try await sut.door.put(runs)
    return try await sut.store.runs(RunFilter(), after: nil, limit: 100).elements
}

let adminRunListChecks = [
    AdminStoreCheck("a list has the runs that its filter lets through, newest first, page by page") { sut in
        let all = try await seedRuns(sut)
        #expect(all.count == 72)
        #expect(all.map(\.id) == all.map(\.id).sorted(by: >))
        let limits = [
            nil, AdminFixture.start + .milliseconds(251 * 30), AdminFixture.start + .milliseconds(251 * 60 + 1),
        ]
        let jobs = [nil, try JobName("a"), try JobName("none")]
        let statuses: [Set<RunStatus>] = [[], [.pending], [.running, .failed, .completed], Set(RunStatus.allCases)]
        for job in jobs {
            for status in statuses {
                for created in limits {
                    for started in limits {
                        for heard in limits {
                            var filter = RunFilter()
                            filter.jobName = job
                            filter.statuses = status
                            filter.createdBefore = created
                            filter.startedBefore = started
                            filter.heartbeatBefore = heard
                            let expected = all.filter(filter.passes).map(\.id)
                            let isPaged = started == nil || heard == nil
                            let found = try await sut.store.allRuns(filter, limit: isPaged ? 7 : 100)
                            #expect(found == expected, "\(filter)")
                        }
                    }
                }
            }
        }
    },
    AdminStoreCheck("a page is full or the last one, and a cursor holds while runs come and go") { sut in
        let all = try await seedRuns(sut)
        let exact = try await sut.store.runs(RunFilter(), after: nil, limit: 72)
        #expect(exact.elements.count == 72 && !exact.hasMore)
        let first = try await sut.store.runs(RunFilter(), after: nil, limit: 10)
        #expect(first.elements.map(\.id) == all[..<10].map(\.id) && first.hasMore)
        try await sut.store.insert(
            ManualRun(
                id: AdminFixture.runID(1, at: AdminFixture.start + .seconds(100)), jobName: try JobName("a"),
                createdTime: AdminFixture.start + .seconds(100), payload: nil))
        let second = try await sut.store.runs(RunFilter(), after: first.elements.last?.id, limit: 10)
        #expect(second.elements.map(\.id) == all[10..<20].map(\.id))
        // A cursor of a run that never was.
        let gone = RunID(Identifier(high: all[20].id.value.high, low: all[20].id.value.low + 1))
        let third = try await sut.store.runs(RunFilter(), after: gone, limit: 10)
        #expect(third.elements.first?.id == all[20].id)
    },
]
