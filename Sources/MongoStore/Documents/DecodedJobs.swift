// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import Synchronization

/// What the documents of the last whole read of an owner's jobs mean: most of them are the same in the next one, and
/// reading bytes again costs far more than comparing them.
final class DecodedJobs: Sendable {
    fileprivate struct Entry {
        let job: StoredJob
        let hasStaleLabels: Bool
        var read: UInt64
    }

    fileprivate struct State {
        var entries: [Int: Entry] = [:]
        var read: UInt64 = 0
    }

    private let state = Mutex(State())

    /// Begins a read; its number is given to the other calls.
    ///
    /// One read at a time pays off, two do no harm.
    func begin() -> UInt64 {
        state.withLock { state in
            state.read += 1
            return state.read
        }
    }

    /// The job in the document under the reader, which has not moved yet.
    ///
    /// Documents are told apart by a keyed 64-bit hash of their bytes, the `_id` included.
    func job(_ reader: borrowing BSONReader, in read: UInt64) -> StoredJob {
        let key = reader.documentHash()
        if let known = state.withLock({ $0.recall(key, in: read) }) { return known }
        let (job, hasStaleLabels) = JobDocument.ownedWithLabels(reader)
        state.withLock { $0.entries[key] = Entry(job: job, hasStaleLabels: hasStaleLabels, read: read) }
        return job
    }

    /// Ends a read: what it did not come across is forgotten.
    ///
    /// Gives the jobs among the others whose labels are not what their index goes by.
    func end(_ read: UInt64) -> [JobName] {
        state.withLock { state in
            state.entries = state.entries.filter { $0.value.read >= read }
            return state.entries.values.compactMap { entry in
                guard entry.hasStaleLabels, case .valid(let owned) = entry.job else { return nil }
                return owned.job.name
            }
        }
    }
}

extension DecodedJobs.State {
    fileprivate mutating func recall(_ key: Int, in read: UInt64) -> StoredJob? {
        guard let index = entries.index(forKey: key) else { return nil }
        entries.values[index].read = read
        return entries.values[index].job
    }
}
