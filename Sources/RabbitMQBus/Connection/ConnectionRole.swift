// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Logging

/// What one of the connections is for.
///
/// Called on the connection's thread only.
protocol ConnectionRole: AnyObject, SendableMetatype {
    /// Which one it is.
    static var side: BusStatus.Side { get }
    /// Whether the socket is to be read no further for now.
    var isReadingPaused: Bool { get }
    /// Whether something is to be written as soon as the socket takes it.
    var wantsWrite: Bool { get }
    /// Whether some time-out is running.
    var hasTimer: Bool { get }
    /// Whether the broker has shown that the connection is good for something.
    var isWorking: Bool { get }

    /// A new connection: opens the channels.
    func opened(on writer: BrokerLink, at now: ContinuousClock.Instant) throws(LinkError)
    /// A frame of one of the role's channels, or a method of channel 0 that concerns it.
    func handle(
        _ frame: InboundFrame, on writer: BrokerLink, at now: ContinuousClock.Instant
    ) throws(LinkError)
    /// Writes what is waiting and looks at the time; `true` = there is more to write.
    func advance(on writer: BrokerLink, at now: ContinuousClock.Instant) throws(LinkError) -> Bool
    /// Whether the connection is not needed any more, for now.
    func isDone(at now: ContinuousClock.Instant) -> Bool
    /// Answers callers; called after each turn, connected or not.
    func settle(at now: ContinuousClock.Instant)
    /// The broker closes the connection, which is lost next; the reason may name what is at fault.
    func connectionRefused(_ reason: String, at now: ContinuousClock.Instant)
    /// The connection is gone.
    func lost(at now: ContinuousClock.Instant)
    /// The bus is closed: every caller gets its answer now.
    func closed()
}

extension ConnectionRole {
    func isDone(at now: ContinuousClock.Instant) -> Bool { false }
}

/// What both roles are given.
struct RoleContext: Sendable {
    let settings: RabbitMQSettings
    let status: BusStatus
    let declared: DeclaredTopology
    var logger: Logger
}
