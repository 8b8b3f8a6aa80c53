// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// The connection to the broker, which comes back by itself.
package protocol BusConnection: Sendable {
    /// Connects, and connects again with backoff after every loss, until the task is cancelled or ``close()`` is called.
    ///
    /// - Throws: only when the broker refuses us for good (`forbidden`); an outage is waited out.
    func run() async throws(BusError)

    /// How things stand, from what is known already.
    func state() async -> BusState

    /// Ends the connection in order; what is still unconfirmed is reported as such. ``run()`` returns.
    func close() async
}

/// Whether messages can flow, for readiness and metrics.
package struct BusState: Hashable, Sendable {
    /// Whether both connections are up.
    package var isConnected: Bool
    /// Whether the broker has stopped reading what we publish (memory or disk alarm), and its reason.
    package var blockedReason: String?
    /// How often a connection had to be made again.
    package var reconnects: Int
    /// Messages that were published and are neither confirmed nor returned yet.
    package var unconfirmed: Int
    /// Jobs and pools whose objects cannot be used, with the reason.
    package var refused: [WorkerAddress: String]

    /// Not connected, by default.
    package init(
        isConnected: Bool = false, blockedReason: String? = nil, reconnects: Int = 0, unconfirmed: Int = 0,
        refused: [WorkerAddress: String] = [:]
    ) {
        self.isConnected = isConnected
        self.blockedReason = blockedReason
        self.reconnects = reconnects
        self.unconfirmed = unconfirmed
        self.refused = refused
    }
}

/// All that a Scheduler needs of its bus.
///
/// At least once, and no order between jobs. Any task may call any verb; calls from several tasks overlap, except where a
/// verb says otherwise.
package typealias SchedulerBus = BusConnection & ActionSink & MessageSink & DeadLetterSink & ReportSource
    & JobSubscriptions
    & HintChannel
