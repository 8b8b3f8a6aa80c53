// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// The only source of time for everything that decides: the cluster's clock for slots, a monotonic one for leases.
package protocol EngineClock: Sendable {
    /// The database server's clock, as well as this process knows it; never ahead of it, so nothing fires early.
    func now() -> Timestamp

    /// Time since some fixed moment, unaffected by steps of any wall clock; goes on while the machine is suspended.
    func uptime() -> Duration

    /// Sleeps until ``now()`` has reached `deadline`; returns at once when it has.
    ///
    /// - Throws: `CancellationError` when the task is cancelled.
    func sleep(until deadline: Timestamp) async throws

    /// Sleeps for a span of monotonic time.
    ///
    /// - Throws: `CancellationError` when the task is cancelled.
    func sleep(for duration: Duration) async throws
}
