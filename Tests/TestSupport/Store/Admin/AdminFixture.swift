// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// Values that the checks of the API's store share.
enum AdminFixture {
    static let start = StoreFixture.start
    /// Before and after any server's clock.
    static let (past, future) = (
        Timestamp(millisecondsSinceEpoch: 1_000_000_000_000), Timestamp(millisecondsSinceEpoch: 4_000_000_000_000)
    )

    /// A job with an interval of a minute.
    static func job(_ name: String, _ change: (inout Job) -> Void = { _ in }) throws -> Job {
        var job = Job(name: try JobName(name), schedule: .every(.seconds(60)), nextRunAt: start)
        change(&job)
        return job
    }

    /// A run of this creation, whose id was made in the same second.
    static func runID(_ number: UInt32, at time: Timestamp = start) -> RunID {
        RunID(Identifier(high: UInt64(time.millisecondsSinceEpoch / 1000) << 32 | 7, low: number))
    }

    static func manualRun(
        _ number: UInt32, _ job: String, payload: JSONValue? = nil, at time: Timestamp = start
    ) throws -> ManualRun {
        ManualRun(id: runID(number), jobName: try JobName(job), createdTime: time, payload: payload)
    }
}

extension AdminStoreUnderTest {
    func job(_ name: String) async throws -> JobRecord? {
        try await store.job(named: try JobName(name), withFields: true)
    }

    /// Stores what `change` makes of the job as it was read.
    func edit(_ before: JobRecord, _ changed: Set<String>, _ change: (inout Job) -> Void) async throws -> Bool {
        var after = try before.job ?? AdminFixture.job(before.name.text)
        change(&after)
        return try await store.apply(JobEdit(before: before, after: after, changed: changed))
    }

    /// The names on all pages of a list, page by page.
    func jobPages(labels: [String: String] = [:], limit: Int) async throws -> [[String]] {
        var pages: [[String]] = []
        var last: JobName?
        while pages.count < 1_000 {
            let page = try await store.jobs(after: last, labels: labels, limit: limit)
            pages.append(page.elements.map(\.name.text))
            guard page.hasMore, let next = page.elements.last else { break }
            last = next.name
        }
        return pages
    }

    /// The ids on all pages of a list, in order.
    func allRuns(_ filter: RunFilter, limit: Int) async throws -> [RunID] {
        var ids: [RunID] = []
        var last: RunID?
        while ids.count < 10_000 {
            let page = try await store.runs(filter, after: last, limit: limit)
            ids += page.elements.map(\.id)
            guard page.hasMore, let next = page.elements.last else { break }
            last = next.id
        }
        return ids
    }
}
