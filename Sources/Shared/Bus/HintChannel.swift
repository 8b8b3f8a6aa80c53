// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// Tells our other programs to look at jobs; best effort.
package protocol HintAnnouncer: Sendable {
    /// Sends a hint to all our programs, this one included; never fails and does not wait until it has arrived.
    func announce(_ hint: ControlHint) async
}

/// Hints both ways.
package protocol HintChannel: HintAnnouncer {
    /// The next hint of our programs, and `nil` after each (re)connect, when some may have been lost.
    ///
    /// For one caller at a time.
    /// - Throws: `closed` after ``BusConnection/close()`` or when the task is cancelled.
    func nextHint() async throws(BusError) -> ControlHint?
}
