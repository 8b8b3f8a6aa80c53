// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Synchronization

/// Makes identifiers that sort by the millisecond they were made in, whoever made them.
///
/// The layout is MongoDB's (manual, "ObjectId"): 4 bytes of time, 5 bytes per process, a counter. Of the 5 bytes the
/// first 10 bits are the milliseconds, the other 30 are random per generator. One generator per process; safe from any
/// thread.
package final class IdentifierGenerator: Sendable {
    private let process: UInt64
    private let counter: Atomic<UInt32>

    /// Starts a generator whose process part and first counter value come from `random`.
    package init(random: inout some RandomNumberGenerator) {
        process = random.next() & 0x3fff_ffff
        counter = Atomic(random.next())
    }

    /// The next identifier, stamped with `now`.
    package func next(at now: Timestamp) -> Identifier {
        let (seconds, milliseconds) = max(0, now.millisecondsSinceEpoch).quotientAndRemainder(dividingBy: 1_000)
        let count = counter.wrappingAdd(1, ordering: .relaxed).newValue & 0xff_ffff
        let maker = UInt64(milliseconds) << 30 | process
        return Identifier(
            high: (UInt64(seconds) & 0xffff_ffff) << 32 | maker >> 8, low: UInt32(maker & 0xff) << 24 | count)
    }
}
