// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Histogram
import Shared

/// What the worker has seen.
struct WorkerRecord {
    /// Different runs whose action came.
    private(set) var runs: Set<Identifier> = []
    /// Actions that came a second time.
    private(set) var doubled = 0
    /// Actions that came over 2 ms before their slot, by the machine's clock.
    private(set) var early = 0
    /// Actions of later attempts, and cancels: nothing here calls for them.
    private(set) var unexpected = 0
    /// When the last one came, in µs since 1970.
    private(set) var lastArrival: Int64 = 0
    /// Actions whose slot lies in the window.
    private(set) var inWindow = 0
    /// Arrival less slot of those, in µs.
    private(set) var lags = Self.emptyLags
    private var window: Range<Int64>?
    /// Why the worker has given up.
    var failure: String?

    /// An empty histogram from 1 µs to ten minutes.
    static var emptyLags: Histogram<UInt32> {
        Histogram(highestTrackableValue: 600_000_000, numberOfSignificantValueDigits: .three)
    }

    /// Measures the slots from `start` up to, not including, `end` from now on; to be called before they are due.
    mutating func openWindow(from start: Timestamp, to end: Timestamp) {
        window = start.millisecondsSinceEpoch..<end.millisecondsSinceEpoch
        inWindow = 0
        lags = Self.emptyLags
    }

    /// Notes one action.
    mutating func add(_ id: Identifier, isFirstAttempt: Bool, slot: Int64, arrival: Int64) {
        lastArrival = arrival
        if !isFirstAttempt { unexpected += 1 }
        guard runs.insert(id).inserted else {
            if isFirstAttempt { doubled += 1 }
            return
        }
        let lag = arrival - slot * 1000
        if lag < -2000 { early += 1 }
        guard let window, window.contains(slot) else { return }
        inWindow += 1
        lags.record(UInt64(min(max(lag, 1), 600_000_000)))
    }

    /// Notes something that is not the action of a run.
    mutating func addUnexpected() {
        unexpected += 1
    }
}
