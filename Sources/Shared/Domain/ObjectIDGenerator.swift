// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Synchronization

/// Makes identifiers that sort by the second they were made in: 4 bytes of time, 5 random bytes per generator, a counter.
///
/// One generator per process; safe from any thread. The layout is MongoDB's (manual, "ObjectId").
package final class ObjectIDGenerator: Sendable {
    private let process: UInt64
    private let counter: Atomic<UInt32>

    /// Starts a generator whose process part and first counter value come from `random`.
    package init(random: inout some RandomNumberGenerator) {
        process = random.next() & 0xff_ffff_ffff
        counter = Atomic(random.next())
    }

    /// The next identifier, stamped with `now`.
    package func next(at now: Timestamp) -> ObjectID {
        let seconds = UInt64(truncatingIfNeeded: now.millisecondsSinceEpoch / 1000) & 0xffff_ffff
        let count = counter.wrappingAdd(1, ordering: .relaxed).newValue & 0xff_ffff
        return ObjectID(high: seconds << 32 | process >> 8, low: UInt32(process & 0xff) << 24 | count)
    }
}
