// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Logging
import Shared

/// Consumes the queues of workers on channel 1, receives hints on channel 2, tries what was refused on channel 3, declares on those from 4
/// on.
///
/// Publishes nothing, so that no alarm of the broker ever stops it.
final class ConsumerRole: ConnectionRole {
    static let side = BusStatus.Side.consumer

    /// What acknowledges deliveries up to one; void once channel 1 is closed, for they come again then.
    struct Receipt {
        let session: UInt64
        let tag: UInt64
    }

    /// Deliveries for one caller.
    struct Taken {
        let deliveries: [Delivery]
        /// Of the last of them.
        let receipt: Receipt
    }

    let context: RoleContext
    var consuming: Channel
    var declaring = DeclaringChannels(from: 4)
    var hinting = Channel(
        number: 2, setup: [.declareExchange(name: Topology.controlExchange, type: "fanout"), .declareOwnQueue])
    /// Delivers little: it is given back.
    var trying = Channel(number: 3, setup: [.setPrefetch(1)])
    var trial: ConsumerTrial?
    var roster = ConsumerRoster()
    var deliveryAssembler = ContentAssembler()
    var hintAssembler = ContentAssembler()
    var buffer: DeliveryBuffer
    /// Counts the openings of channel 1: what was delivered on an earlier one comes again.
    var session: UInt64 = 0
    var lastDelivered: UInt64 = 0
    var lastAcknowledged: UInt64 = 0
    var pendingAcknowledge: UInt64?
    var hints: [ControlHint?] = []
    var deliveryWaiters = Waiters<Taken>()
    var hintWaiters = Waiters<ControlHint?>()
    private var deliveryLimits: [UInt64: Int] = [:]
    /// What the next consumer on channel 1 gets.
    private var prefetch: Int
    private(set) var isClosed = false

    init(_ context: RoleContext) {
        self.context = context
        consuming = Channel(number: 1, setup: [.setPrefetch(UInt16(clamping: context.settings.prefetch))])
        buffer = DeliveryBuffer(capacity: context.settings.deliveryCapacity)
        prefetch = context.settings.prefetch
    }

    var isReadingPaused: Bool { buffer.isPaused }
    var wantsWrite: Bool { false }
    var isWorking: Bool { consuming.isOpen }
    var hasTimer: Bool {
        consuming.hasTimer || declaring.hasTimer || hinting.hasTimer || trying.hasTimer || roster.hasTimer
    }

    func opened(on writer: BrokerLink, at now: ContinuousClock.Instant) throws(LinkError) {
        context.declared.removeAll()
        roster.connected()
        try openConsuming { channel throws(LinkError) in try channel.open(on: writer, at: now) }
        try declaring.open(on: writer, at: now)
        try hinting.open(on: writer, at: now)
        try trying.open(on: writer, at: now)
    }

    func advance(on writer: BrokerLink, at now: ContinuousClock.Instant) throws(LinkError) -> Bool {
        try openConsuming { channel throws(LinkError) in try channel.reopenIfDue(on: writer, at: now) }
        try hinting.reopenIfDue(on: writer, at: now)
        try trying.reopenIfDue(on: writer, at: now)
        for workers in roster.takeUndeclared(at: now) {
            // What is gone of a deleted job is not to come back.
            if context.declared.contains(.workers(workers)) || roster.isDraining(workers) {
                roster.declared(workers)
            } else {
                declaring.request(.workers(workers))
            }
        }
        try declaring.advance(context.settings.queueType, on: writer, at: now)
        try beginTrial(on: writer, at: now)
        guard consuming.isOpen else { return false }
        if let tag = pendingAcknowledge {
            pendingAcknowledge = nil
            try consuming.send(.acknowledge(throughTag: tag), on: writer, at: now)
        }
        for method in roster.takeSendable() {
            if case .consume(_, let tag, _) = method { try setPrefetch(for: tag, on: writer, at: now) }
            try consuming.send(method, on: writer, at: now)
        }
        if !isReadingPaused {
            for channel in [consuming, hinting, trying] {
                try channel.checkAnswers(within: context.settings.rpcTimeout, at: now)
            }
            try declaring.checkAnswers(within: context.settings.rpcTimeout, at: now)
        }
        return false
    }

    /// Has the consumer that is begun next get as many deliveries as it should: a pool's are those of thousands of jobs.
    private func setPrefetch(
        for tag: String, on writer: BrokerLink, at now: ContinuousClock.Instant
    ) throws(LinkError) {
        let isPool = roster.source(of: tag)?.workers.pool != nil
        let wanted = isPool ? context.settings.poolPrefetch : context.settings.prefetch
        guard wanted != prefetch else { return }
        prefetch = wanted
        try consuming.send(.setPrefetch(UInt16(clamping: wanted)), on: writer, at: now)
    }

    /// Opens channel 1 if `body` does, as a new session.
    private func openConsuming(_ body: (inout Channel) throws(LinkError) -> Void) throws(LinkError) {
        let wasDown = consuming.isDown
        try body(&consuming)
        guard wasDown, !consuming.isDown else { return }
        session += 1
        lastDelivered = 0
        lastAcknowledged = 0
        pendingAcknowledge = nil
        prefetch = context.settings.prefetch
    }

    func lost(at now: ContinuousClock.Instant) {
        consuming.lost()
        declaring.lost()
        hinting.lost()
        trying.lost()
        trial = nil
        hintAssembler = ContentAssembler()
        consumingEnded()
    }

    /// Everything that was delivered on channel 1 is void.
    func consumingEnded() {
        roster.channelClosed()
        buffer.removeAll()
        deliveryAssembler = ContentAssembler()
        pendingAcknowledge = nil
        session += 1
    }

    func closed() {
        isClosed = true
        let error = BusError(.closed, "the bus is closed")
        deliveryWaiters.answerAll(.failure(error))
        hintWaiters.answerAll(.failure(error))
    }

    func settle(at now: ContinuousClock.Instant) {
        if !deliveryWaiters.isEmpty, buffer.count > 0 {
            let limit = deliveryLimits.values.min() ?? 1
            let taken = takeDeliveries(limit)
            deliveryLimits = [:]
            deliveryWaiters.answerFirst(.success(taken))
        }
        if !hintWaiters.isEmpty, !hints.isEmpty {
            hintWaiters.answerFirst(.success(hints.removeFirst()))
        }
    }

    private func takeDeliveries(_ limit: Int) -> Taken {
        let wasPaused = buffer.isPaused
        let (deliveries, tag) = buffer.take(limit)
        if wasPaused, !buffer.isPaused {
            consuming.restartClock(at: .now)
            hinting.restartClock(at: .now)
            trying.restartClock(at: .now)
            declaring.restartClock(at: .now)
        }
        return Taken(deliveries: deliveries, receipt: Receipt(session: session, tag: tag))
    }

    /// Waits for deliveries; answered at the end of a turn.
    func awaitDeliveries(
        _ id: UInt64, limit: Int, _ continuation: CheckedContinuation<Result<Taken, BusError>, Never>
    ) {
        guard !isClosed else {
            return continuation.resume(returning: .failure(BusError(.closed, "the bus is closed")))
        }
        deliveryLimits[id] = max(limit, 1)
        deliveryWaiters.add(id, continuation)
    }

    /// Answers a caller that waits no longer.
    func cancelDeliveries(_ id: UInt64, _ error: BusError) {
        deliveryLimits[id] = nil
        deliveryWaiters.answer(id, .failure(error))
    }

    /// Waits for a hint; answered at the end of a turn.
    func awaitHint(_ id: UInt64, _ continuation: CheckedContinuation<Result<ControlHint?, BusError>, Never>) {
        guard !isClosed else {
            return continuation.resume(returning: .failure(BusError(.closed, "the bus is closed")))
        }
        hintWaiters.add(id, continuation)
    }

    /// Notes an acknowledgement; it is written in the same turn.
    ///
    /// Void and repeated ones are ignored.
    func acknowledge(_ receipt: Receipt) {
        guard receipt.session == session, receipt.tag > lastAcknowledged, receipt.tag <= lastDelivered else { return }
        lastAcknowledged = receipt.tag
        pendingAcknowledge = receipt.tag
    }
}
