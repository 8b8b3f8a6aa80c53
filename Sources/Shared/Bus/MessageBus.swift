// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// The broker, as a Scheduler sees it: actions out, statuses and heartbeats in, hints both ways.
///
/// The bus connects, reconnects with backoff and declares again by itself, as long as ``run()`` runs. It delivers at
/// least once and promises no order between jobs. Any task may call any verb; calls from several tasks overlap.
package protocol MessageBus: Sendable {
    /// Keeps the connections until the task is cancelled or ``close()`` is called.
    ///
    /// - Throws: only when the broker refuses us for good (`forbidden`); an outage is waited out.
    func run() async throws(BusError)

    /// Waits until messages can be published: connected, and not blocked by an alarm.
    ///
    /// - Throws: `closed` when that will never be, `CancellationError` as `closed` too.
    func ready() async throws(BusError)

    /// Publishes actions, pipelined, persistent and mandatory, and gathers the broker's confirms.
    ///
    /// Declares the objects of their jobs first where this connection has not yet done so.
    /// - Returns: one outcome per action, in the same order; never waits longer than the confirm time-out.
    func publish(_ actions: [ActionMessage]) async -> [PublishOutcome]

    /// Publishes what cannot be processed to `scheduler.dead-letter` and waits for the confirms.
    ///
    /// - Throws: when any is not confirmed; then all are to be sent again.
    func deadLetter(_ letters: [DeadLetter]) async throws(BusError)

    /// Declares the objects of these jobs and consumes their statuses and heartbeats, now and after every reconnect.
    ///
    /// Returns without waiting for the broker. A job that the broker refuses shows in ``state()`` and the log and does
    /// not disturb the others.
    func subscribe(_ jobs: [JobName]) async

    /// Consumes what is left in the queues of jobs that are gone: as ``subscribe(_:)``, but declares nothing, neither now nor
    /// when somebody removes them meanwhile.
    func drain(_ jobs: [JobName]) async

    /// Stops consuming for these jobs; their queues stay. What was delivered already may still be processed.
    func unsubscribe(_ jobs: [JobName]) async

    /// Removes the objects of jobs that are gone, if there is nothing in their inbound queues: looks, removes the
    /// exchanges, so that nothing more is routed there, looks once more, then removes the queues.
    ///
    /// To be called after ``unsubscribe(_:)``, when no run of them is left. What is in the action queue goes with it.
    /// Removing what is not there is fine. Whatever the broker refuses costs nobody else a connection.
    /// - Returns: one outcome per job, in the same order.
    func remove(_ jobs: [JobName]) async -> [RemovalOutcome]

    /// The next messages from workers in the order of their arrival: waits for one, then returns all that are there, at
    /// most `limit`.
    ///
    /// For one caller at a time, which acknowledges in the same order.
    /// - Throws: `closed` after ``close()`` or when the task is cancelled.
    func deliveries(limit: Int) async throws(BusError) -> [Delivery]

    /// Gives everything that was delivered and not acknowledged back to its queues, and takes nothing, until
    /// ``resumeConsuming()``: others need it who can store it. Counts as not connected.
    func pauseConsuming() async

    /// Consumes again, from the queues of all subscribed jobs.
    func resumeConsuming() async

    /// Acknowledges everything up to and including this receipt ("ack multiple"); void receipts are ignored.
    func acknowledge(through receipt: Delivery.Receipt) async

    /// Sends a hint to all our programs, this one included; best effort, never throws, does not wait for a confirm.
    func announce(_ hint: ControlHint) async

    /// The hints of our programs, and `nil` after each (re)connect, when some may have been lost.
    ///
    /// For one caller at a time.
    /// - Throws: `closed` after ``close()`` or when the task is cancelled.
    func nextHint() async throws(BusError) -> ControlHint?

    /// How things stand.
    func state() async -> BusState

    /// Ends the connections in order; what is still unconfirmed is reported as such. ``run()`` returns.
    func close() async
}
