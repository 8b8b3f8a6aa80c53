// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// Decides when the state of the contact with the database is worth a log line: at a change, and every 30 s of outage.
package struct StoreContact: Hashable, Sendable {
    /// What to tell the operator.
    package enum Transition: Hashable, Sendable {
        case nothing
        /// The first contact since the start.
        case established
        case lost
        /// Still no contact, after so long.
        case stillLost(Duration)
        case restored
    }

    private enum State: Hashable {
        case unknown
        case up
        case down(since: Duration, told: Duration)
    }

    /// How often an outage is reported again.
    package static let repetition = Duration.seconds(30)

    private var state = State.unknown

    /// Starts without knowing anything.
    package init() {}

    /// Whether the latest call succeeded; `nil` before the first.
    package var isUp: Bool? {
        switch state {
        case .unknown: nil
        case .up: true
        case .down: false
        }
    }

    /// A call failed at this uptime.
    package mutating func noteFailure(at uptime: Duration) -> Transition {
        guard case .down(let since, let told) = state else {
            state = .down(since: uptime, told: uptime)
            return .lost
        }
        guard uptime - told >= Self.repetition else { return .nothing }
        state = .down(since: since, told: uptime)
        return .stillLost(uptime - since)
    }

    /// A call succeeded.
    package mutating func noteSuccess() -> Transition {
        defer { state = .up }
        switch state {
        case .unknown: return .established
        case .up: return .nothing
        case .down: return .restored
        }
    }
}
