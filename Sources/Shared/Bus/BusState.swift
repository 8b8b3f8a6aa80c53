// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

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
    /// Jobs whose objects cannot be used, with the reason.
    package var refusedJobs: [JobName: String]

    /// Not connected, by default.
    package init(
        isConnected: Bool = false, blockedReason: String? = nil, reconnects: Int = 0, unconfirmed: Int = 0,
        refusedJobs: [JobName: String] = [:]
    ) {
        self.isConnected = isConnected
        self.blockedReason = blockedReason
        self.reconnects = reconnects
        self.unconfirmed = unconfirmed
        self.refusedJobs = refusedJobs
    }
}
