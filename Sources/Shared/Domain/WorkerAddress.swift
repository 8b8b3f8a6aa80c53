// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// Whose exchanges and queues actions go to, and reports come from (contract, sections 3 and 9).
package enum WorkerAddress: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Those of one job alone.
    case job(JobName)
    /// Those that the jobs of a pool share.
    case pool(PoolName)

    /// Which pool; `nil` = a job's own.
    package var pool: PoolName? {
        if case .pool(let name) = self { name } else { nil }
    }

    /// As a run's document or row has it: the name of the pool; empty for the job's own.
    package var storedText: String { pool?.text ?? "" }

    /// Reads it; `nil` for what is no name.
    package init?(stored text: String, of job: JobName) {
        if text.isEmpty {
            self = .job(job)
        } else {
            guard let name = try? PoolName(text) else { return nil }
            self = .pool(name)
        }
    }

    /// The name of the job, or `pool NAME`: no job is called so.
    package var description: String {
        switch self {
        case .job(let name): name.text
        case .pool(let name): "pool \(name)"
        }
    }
}

/// The name of a pool of workers, by the rules of the names of jobs: the stem of its AMQP objects.
package struct PoolName: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The name itself.
    package let text: String

    /// Takes what ``JobName`` takes.
    ///
    /// - Throws: ``InvalidJobName``, which says the rule that was broken.
    package init(_ text: String) throws(InvalidJobName) {
        self.text = try JobName(text).text
    }

    package var description: String { text }

    package static func < (left: PoolName, right: PoolName) -> Bool {
        left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
    }
}

extension Job {
    /// Where its runs go that are first published now; `nil` = they leave otherwise.
    package var workers: WorkerAddress? {
        switch delivery {
        case .worker: .job(name)
        case .pool(let pool): .pool(pool)
        case .http, .amqp: nil
        }
    }
}

extension Run {
    /// Notes, once, where its actions go, as the job stands when the run is first about to be published.
    ///
    /// Whoever decides that it is published stores this with the decision, and so before the broker has anything: then no
    /// crash and no later edit of the job sends an attempt elsewhere.
    package mutating func address(by job: Job) {
        if workers == nil, unpublishedAction == .run { workers = job.workers }
    }

    /// Whose workers have it or are to get it; `nil` = it left otherwise, has not left, or nobody has noted it.
    ///
    /// What was confirmed without a note of it was so before there were pools: to its job's own.
    /// Of a request that was to be confirmed is only that its receiver was told to stop.
    package var addressee: WorkerAddress? { workers ?? (publishedAt != nil && !isByHTTP ? .job(jobName) : nil) }

    /// Whether somebody at its job's own queues may have something to say of it.
    package var mayBeWithOwnWorkers: Bool {
        if let addressee { addressee == .job(jobName) } else { startTime != nil && !isByHTTP }
    }
}
