// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Synchronization

/// Says once, to any number of loops, that they are to end after what they have in hand.
///
/// Not task cancellation: that would also break off the step which is to be finished.
package final class StopSignal: Sendable {
    private struct State {
        var isRaised = false
        var alarms: [Alarm] = []
    }

    private let state = Mutex(State())

    /// A signal that is not raised.
    package init() {}

    /// Whether it was raised.
    package var isRaised: Bool { state.withLock { $0.isRaised } }

    /// Raises it; a second call changes nothing.
    package func raise() {
        let alarms = state.withLock { state in
            state.isRaised = true
            return state.alarms
        }
        for alarm in alarms { alarm.ring() }
    }

    /// Rings `alarm` when the signal is raised, at once if it was already; for the life of the signal.
    package func rings(_ alarm: Alarm) {
        let isRaised = state.withLock { state in
            state.alarms.append(alarm)
            return state.isRaised
        }
        if isRaised { alarm.ring() }
    }
}
