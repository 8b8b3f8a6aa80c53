// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// Elapsed time and waiting, as the machine gives it; the simulation has its own.
package protocol MonotonicTime: Sendable {
    /// Time since some fixed moment; goes on while the machine is suspended.
    func uptime() -> Duration

    /// Sleeps at least so long.
    ///
    /// - Throws: `CancellationError` when the task is cancelled.
    func sleep(for duration: Duration) async throws
}
