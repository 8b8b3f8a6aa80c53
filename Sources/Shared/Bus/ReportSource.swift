// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// What workers say, in batches.
package protocol ReportSource: Sendable {
    /// The next reports in the order of their arrival: waits for one, then gives all that are there, at most `limit`.
    ///
    /// For one caller at a time, which acknowledges the batches in the order in which it got them.
    /// - Throws: `closed` after ``BusConnection/close()`` or when the task is cancelled.
    func reports(limit: Int) async throws(BusError) -> ReportBatch

    /// Gives everything that was delivered and not acknowledged back, for others who can store it, and takes nothing until
    /// ``resumeReports()``. Counts as not connected.
    func pauseReports() async

    /// Takes reports again, of all subscribed jobs.
    func resumeReports() async
}

/// Reports that were delivered together and are acknowledged together.
package struct ReportBatch: Sendable {
    /// At least one.
    package let deliveries: [Delivery]
    private let onAcknowledge: @Sendable () async -> Void

    /// `onAcknowledge` is what the bus does about ``acknowledge()``.
    package init(_ deliveries: [Delivery], onAcknowledge: @escaping @Sendable () async -> Void) {
        self.deliveries = deliveries
        self.onAcknowledge = onAcknowledge
    }

    /// Says that these deliveries, and those of the batches before, need not come again.
    ///
    /// To be called once their effects are stored. Does nothing when the connection that they came over is lost: then they come
    /// again.
    package func acknowledge() async { await onAcknowledge() }
}
