// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// What is known of the database server's clock: bounds of its distance to a local monotonic one.
///
/// Each answer of the server narrows the bounds: its clock was read after the question left and before the answer came,
/// and is cut to whole milliseconds. ``now(at:)`` uses the lower bound, so it is never ahead of the server.
package struct ServerClockEstimate: Sendable {
    /// How far two clocks may drift apart while nobody looks: 100 µs a second.
    private static let driftPerSecond = Duration.microseconds(100)

    private var lower: Duration
    private var upper: Duration
    private var observedAt: Duration

    /// The bounds that a first answer gives.
    ///
    /// `sentAt` and `receivedAt` are the local monotonic clock before the question and after the answer.
    package init(server: Timestamp, sentAt: Duration, receivedAt: Duration) {
        (lower, upper) = Self.bounds(server: server, sentAt: sentAt, receivedAt: receivedAt)
        observedAt = receivedAt
    }

    /// Takes one more answer in.
    ///
    /// Gives the distance by which the server's clock was stepped, when it was.
    package mutating func observe(server: Timestamp, sentAt: Duration, receivedAt: Duration) -> Duration? {
        let bounds = Self.bounds(server: server, sentAt: sentAt, receivedAt: receivedAt)
        let drift = Self.driftPerSecond * max(0, (receivedAt - observedAt) / .seconds(1))
        observedAt = receivedAt
        let old = (lower: lower - drift, upper: upper + drift)
        guard bounds.lower <= old.upper, bounds.upper >= old.lower else {
            (lower, upper) = bounds
            return bounds.lower - old.lower
        }
        lower = max(bounds.lower, old.lower)
        upper = min(bounds.upper, old.upper)
        return nil
    }

    /// The server's clock when the local one shows `uptime`: at most the true one.
    package func now(at uptime: Duration) -> Timestamp {
        Timestamp(millisecondsSinceEpoch: (uptime + lower).milliseconds)
    }

    /// When the local clock will show that ``now(at:)`` has reached `instant`.
    package func uptime(of instant: Timestamp) -> Duration {
        .milliseconds(instant.millisecondsSinceEpoch) - lower
    }

    private static func bounds(
        server: Timestamp, sentAt: Duration, receivedAt: Duration
    ) -> (lower: Duration, upper: Duration) {
        let time = Duration.milliseconds(server.millisecondsSinceEpoch)
        return (time - receivedAt, time + .milliseconds(1) - sentAt)
    }
}
