// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// When to connect, and what a failure means; knows no socket.
///
/// idle → (start) due → (connected) up → (lost) waiting → due → …; any → (pause) idle; any → (close) closed.
struct ConnectionMachine {
    enum Phase: Equatable {
        /// No connection is asked for.
        case idle
        /// Not connected; the next try is at this instant.
        case waiting(until: ContinuousClock.Instant)
        case up
        case closed
    }

    /// What the owner must do after a failed try.
    enum Failure: Equatable {
        /// Try again, at the instant in ``phase``.
        case retry
        /// The broker refused us and never knew us: give up.
        case forbidden
    }

    private(set) var phase = Phase.idle
    /// Connections made so far.
    private(set) var connects = 0
    private var backoff = Backoff(maximum: .seconds(5))
    private var upSince: ContinuousClock.Instant?

    /// Asks for a connection; no effect on one that was asked for or closed.
    mutating func start(at now: ContinuousClock.Instant) {
        if phase == .idle { phase = .waiting(until: now) }
    }

    /// Whether a connection is asked for.
    var isWanted: Bool { phase != .idle && phase != .closed }

    /// Whether to connect now.
    func isDue(at now: ContinuousClock.Instant) -> Bool {
        if case .waiting(let until) = phase { until <= now } else { false }
    }

    mutating func connected(at now: ContinuousClock.Instant) {
        guard phase != .closed else { return }
        phase = .up
        upSince = now
        connects += 1
    }

    /// The connection in use is gone.
    ///
    /// The first try comes soon, later ones later: only an answer from the broker on a connection that has lasted for a while
    /// (``worked(at:)``) ends the backoff, so that a broker that accepts and drops us is not hammered.
    mutating func lost(at now: ContinuousClock.Instant) {
        guard phase == .up else { return }
        phase = .waiting(until: now + backoff.next())
    }

    /// A try failed.
    mutating func failed(_ error: LinkError, at now: ContinuousClock.Instant) -> Failure {
        guard phase != .closed else { return .retry }
        phase = .waiting(until: now + backoff.next())
        return error.isRefusal && connects == 0 ? .forbidden : .retry
    }

    /// The connection has shown that it is good for something.
    mutating func worked(at now: ContinuousClock.Instant) {
        guard let upSince, now - upSince > .seconds(5) else { return }
        backoff.reset()
    }

    /// No connection is wanted, until the next ``start(at:)``.
    mutating func pause() {
        if phase != .closed { phase = .idle }
    }

    mutating func close() {
        phase = .closed
    }
}
