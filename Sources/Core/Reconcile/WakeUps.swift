// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import HeapModule
package import Shared
import Synchronization

/// When the ``DeadlineSweep`` has to look before its next sweep is due: retries whose time comes, and hints.
///
/// Only a convenience: what is lost here is found by the sweep. Safe from any task.
package final class WakeUps: Sendable {
    /// More moments than this are not kept.
    private static let capacity = 50_000

    private struct State {
        var moments = Heap<Timestamp>()
        var isAsked = false
    }

    private let state = Mutex(State())
    /// Rings when there is an earlier moment than before.
    package let alarm = Alarm()

    /// Nothing to wake up for.
    package init() {}

    /// Asks for a look at this moment; `nil` = none.
    func note(_ moment: Timestamp?) {
        guard let moment else { return }
        let isFirst = state.withLock { state in
            guard state.moments.count < Self.capacity else { return false }
            let isFirst = state.moments.min.map { moment < $0 } ?? true
            state.moments.insert(moment)
            return isFirst
        }
        if isFirst { alarm.ring() }
    }

    /// Asks for a look now, at what others have written.
    func ask() {
        state.withLock { $0.isAsked = true }
        alarm.ring()
    }

    /// The next moment; `nil` = none.
    var next: Timestamp? {
        state.withLock { $0.isAsked ? .earliest : $0.moments.min }
    }

    /// Forgets the moments up to `now`; gives whether somebody asked for a look meanwhile.
    func take(now: Timestamp) -> Bool {
        state.withLock { state in
            while let moment = state.moments.min, moment <= now { state.moments.removeMin() }
            defer { state.isAsked = false }
            return state.isAsked
        }
    }
}

/// What the parts that look after runs have to know of each other.
struct RunWatch: Sendable {
    let ingestLag = IngestLag()
    let wakeUps = WakeUps()
}
