// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared

/// For jobs that belong to no pool.
extension JobSubscriptions {
    package func subscribe(_ jobs: [JobName]) async { await subscribe(jobs.map { WorkerAddress.job($0) }) }

    package func unsubscribe(_ jobs: [JobName]) async { await unsubscribe(jobs.map { WorkerAddress.job($0) }) }
}

extension Delivery {
    /// From a worker of that job alone.
    package init(
        jobName: JobName, kind: Kind, body: [UInt8], contentType: String? = nil, contentEncoding: String? = nil,
        origin: Origin = Origin()
    ) {
        self.init(
            from: .job(jobName), kind: kind, body: body, contentType: contentType, contentEncoding: contentEncoding,
            origin: origin)
    }
}

extension BusState {
    /// Those of ``refused`` that are jobs.
    package var refusedJobs: [JobName: String] {
        var jobs: [JobName: String] = [:]
        for case (.job(let name), let reason) in refused { jobs[name] = reason }
        return jobs
    }
}
