// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared

/// Values that the checks of the API's store share.
package enum AdminFixture {
    /// The slot of jobs, and when runs are made.
    package static let start = StoreFixture.start
    /// Before and after any server's clock.
    package static let (past, future) = (
        Timestamp(millisecondsSinceEpoch: 1_000_000_000_000), Timestamp(millisecondsSinceEpoch: 4_000_000_000_000)
    )

    /// A job with an interval of a minute.
    package static func job(_ name: String, _ change: (inout Job) -> Void = { _ in }) throws -> Job {
        var job = Job(name: try JobName(name), schedule: .every(.seconds(60)), nextRunAt: start)
        change(&job)
        return job
    }

    /// A run of this creation, whose id was made in the same second.
    package static func runID(_ number: UInt32, at time: Timestamp = start) -> RunID {
        RunID(Identifier(high: UInt64(time.millisecondsSinceEpoch / 1000) << 32 | 7, low: number))
    }

    /// A request for a run of this number.
    package static func manualRun(
        _ number: UInt32, _ job: String, payload: JSONValue? = nil, at time: Timestamp = start
    ) throws -> ManualRun {
        ManualRun(id: runID(number), jobName: try JobName(job), createdTime: time, payload: payload)
    }
}

extension AdminStore {
    /// The job of that name with its fields.
    package func job(_ name: String) async throws -> JobRecord? {
        try await self.job(named: try JobName(name), withFields: true)
    }

    /// Stores what `change` makes of the job as it was read.
    package func edit(_ before: JobRecord, _ changed: Set<String>, _ change: (inout Job) -> Void) async throws -> Bool {
        var after = try before.job ?? AdminFixture.job(before.name.text)
        change(&after)
        return try await apply(JobEdit(before: before, after: after, changed: changed))
    }

    /// The names on all pages of a list, page by page.
    package func jobPages(labels: [String: String] = [:], limit: Int) async throws -> [[String]] {
        var pages: [[String]] = []
        var last: JobName?
        while pages.count < 1_000 {
            let page = try await jobs(after: last, labels: labels, limit: limit)
            pages.append(page.elements.map(\.name.text))
            guard page.hasMore, let next = page.elements.last else { break }
            last = next.name
        }
        return pages
    }

    /// The ids on all pages of a list, in order.
    package func allRuns(_ filter: RunFilter, limit: Int) async throws -> [RunID] {
        var ids: [RunID] = []
        var last: RunID?
        while ids.count < 10_000 {
            let page = try await runs(filter, after: last, limit: limit)
            ids += page.elements.map(\.id)
            guard page.hasMore, let next = page.elements.last else { break }
            last = next.id
        }
        return ids
    }
}
