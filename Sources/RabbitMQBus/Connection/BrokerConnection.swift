// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Logging
import Shared

/// One connection to the broker and the thread that owns it: connects, reconnects, reads and writes.
///
/// All of it happens on the actor's own ``PollingThread``; see docs/adr on the broker connection.
actor BrokerConnection<Role: ConnectionRole> {
    /// Guards the thread against a write that never ends.
    nonisolated let socketGuard = SocketGuard()
    private nonisolated let thread: PollingThread
    private let context: RoleContext
    private let onForbidden: @Sendable (BusError) -> Void
    private var machine: ConnectionMachine
    private var link: BrokerLink?
    private var lastFailureLog: ContinuousClock.Instant?
    /// What the connection is used for.
    let role: Role

    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe thread.asUnownedSerialExecutor() }

    /// `onForbidden` is called when the broker refuses the very first login.
    init(
        _ context: RoleContext, onForbidden: @escaping @Sendable (BusError) -> Void,
        makeRole: @Sendable (RoleContext) -> sending Role
    ) {
        var context = context
        context.logger[.connection] = "\(Role.side)"
        self.context = context
        self.onForbidden = onForbidden
        thread = PollingThread(name: "amqp-\(Role.side)")
        machine = ConnectionMachine()
        role = makeRole(context)
        thread.onTurn { [weak self] in self?.assumeIsolated { $0.turn() } }
    }

    /// Begins to connect, and to connect again after every loss.
    func start() {
        machine.start(at: .now)
    }

    /// Gives the connection up, until ``start()``.
    func pause() {
        machine.pause()
        guard let link else { return }
        socketGuard.arm(link.descriptor)
        link.close(within: .seconds(1))
        socketGuard.disarm()
        dropLink()
        role.lost(at: .now)
    }

    /// Says goodbye to the broker and answers every caller; a second call has no effect.
    func close() {
        guard machine.phase != .closed else { return }
        machine.close()
        if let link {
            socketGuard.arm(link.descriptor)
            _ = try? role.advance(on: link, at: .now)
            link.close(within: .seconds(1))
            socketGuard.disarm()
        }
        dropLink()
        role.lost(at: .now)
        role.closed()
    }

    private func turn() -> PollPlan {
        let now = ContinuousClock.now
        if machine.isDue(at: now) { connect(at: now) }
        var hasMore = false
        if let link {
            socketGuard.arm(link.descriptor)
            do throws(LinkError) {
                hasMore = try serve(link, at: now)
                socketGuard.disarm()
            } catch {
                socketGuard.disarm()
                lose(error)
            }
        }
        role.settle(at: .now)
        if machine.isWanted, role.isDone(at: .now) { pause() }
        return plan(hasMore: hasMore)
    }

    private func plan(hasMore: Bool) -> PollPlan {
        if hasMore { return PollPlan(timeout: .zero) }
        switch machine.phase {
        case .closed:
            return PollPlan()
        case .idle:
            return PollPlan(timeout: role.hasTimer ? .milliseconds(100) : nil)
        case .waiting(let until):
            return PollPlan(timeout: max(.zero, min(.milliseconds(200), ContinuousClock.now.duration(to: until))))
        case .up:
            return PollPlan(
                socket: role.isReadingPaused ? -1 : link?.descriptor ?? -1, wantsWrite: role.wantsWrite,
                timeout: role.hasTimer ? .milliseconds(100) : .seconds(1))
        }
    }

    private func serve(_ link: BrokerLink, at now: ContinuousClock.Instant) throws(LinkError) -> Bool {
        var budget = 2048
        if role.isReadingPaused {
            try link.sendHeartbeat(every: context.settings.heartbeat)
            budget = 0
        }
        while budget > 0, !role.isReadingPaused {
            guard let frame = try link.receive() else { break }
            budget -= 1
            try handle(frame, on: link, at: now)
        }
        let isReadingDone = budget > 0 || role.isReadingPaused
        let hasMore = try role.advance(on: link, at: now)
        if role.isWorking { machine.worked(at: now) }
        return hasMore || !isReadingDone
    }

    private func handle(
        _ frame: InboundFrame, on link: BrokerLink, at now: ContinuousClock.Instant
    ) throws(LinkError) {
        if case .method(.connectionClosed(let code, let text)) = frame.payload {
            // 320: an operator or a stop of the broker ends it.
            if code != 320 { role.connectionRefused(text, at: now) }
            try link.send(.confirmConnectionClosed, channel: 0)
            throw LinkError(reason: text)
        }
        try role.handle(frame, on: link, at: now)
    }

    private func connect(at now: ContinuousClock.Instant) {
        do throws(LinkError) {
            let link = try BrokerLink.open(context.settings, guardedBy: socketGuard)
            machine.connected(at: .now)
            self.link = link
            lastFailureLog = nil
            context.status.setConnected(true, Role.side)
            context.logger.log(.info, "connected to the broker", [.broker: "\(context.settings)"])
            try role.opened(on: link, at: .now)
        } catch {
            if link != nil { return lose(error) }
            if machine.failed(error, at: .now) == .forbidden {
                onForbidden(BusError(.forbidden, "the broker refused us: \(error.reason)"))
            }
            logFailure(error)
        }
    }

    /// At most every few seconds: the first waits are short.
    private func logFailure(_ error: LinkError) {
        if let last = lastFailureLog, last.duration(to: .now) < .seconds(5) { return }
        lastFailureLog = .now
        context.logger.log(
            .warning, "cannot connect to the broker, trying again",
            [.broker: "\(context.settings)", .reason: "\(error.reason)"])
    }

    private func lose(_ error: LinkError) {
        context.logger.log(.warning, "lost the connection to the broker", [.reason: "\(error.reason)"])
        machine.lost(at: .now)
        dropLink()
        role.lost(at: .now)
    }

    private func dropLink() {
        if link != nil { context.status.setConnected(false, Role.side) }
        link = nil
    }
}
