// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Logging
import Shared

extension ConsumerRole {
    func handle(
        _ frame: InboundFrame, on writer: BrokerLink, at now: ContinuousClock.Instant
    ) throws(LinkError) {
        switch (frame.channel, frame.payload) {
        case (consuming.number, .method(let method)): try handleConsuming(method, on: writer, at: now)
        case (trying.number, .method(let method)): try handleTrying(method, on: writer, at: now)
        case (hinting.number, .method(let method)): try handleHinting(method, on: writer, at: now)
        case (consuming.number, .header(let size, let properties)):
            receive(try deliveryAssembler.header(size: size, properties: properties))
        case (consuming.number, .body(let part)): receive(try deliveryAssembler.body(part))
        case (hinting.number, .header(let size, let properties)):
            receiveHint(try hintAssembler.header(size: size, properties: properties))
        case (hinting.number, .body(let part)): receiveHint(try hintAssembler.body(part))
        case (let channel, .method(let method)):
            if let outcome = try declaring.handle(method, channel: channel, on: writer, at: now) {
                note(outcome, at: now)
            }
        default: break
        }
    }

    private func handleConsuming(
        _ method: InboundMethod, on writer: BrokerLink, at now: ContinuousClock.Instant
    ) throws(LinkError) {
        switch method {
        case .deliver(let deliver): try deliveryAssembler.begin(deliver)
        case .channelOpened, .prefetchSet: consuming.answered(at: now)
        case .consuming:
            consuming.answered(at: now)
            roster.confirmed()
        case .consumerCancelled:
            consuming.answered(at: now)
            roster.cancelled()
        case .consumerLost(let tag):
            guard let workers = roster.consumerLost(tag: tag) else { return }
            context.logger.log(.warning, "the broker ended a consumer, consuming again", [.job: "\(workers)"])
            context.declared.remove(.workers(workers))
            roster.postpone(workers, until: now + .seconds(1))
        case .channelClosed(let close): try consumingClosed(close, on: writer, at: now)
        default: break
        }
    }

    private func consumingClosed(
        _ close: ChannelClose, on writer: BrokerLink, at now: ContinuousClock.Instant
    ) throws(LinkError) {
        // Class 60, method 20: basic.consume.
        let culprit = close.methodID == 0x003C_0014 ? roster.unconfirmedWorkers.first : nil
        context.logger.log(.warning, "the broker closed the consuming channel", [.reason: "\(close.text)"])
        consumingEnded()
        if let culprit {
            consumerRefused(culprit, close, at: now)
        }
        try consuming.closed(isExplained: culprit != nil, on: writer, at: now)
    }

    private func consumerRefused(_ workers: WorkerAddress, _ close: ChannelClose, at now: ContinuousClock.Instant) {
        context.declared.remove(.workers(workers))
        if close.code == 404 {
            roster.queueLost(workers, until: now + .seconds(1))
        } else {
            roster.doubt(workers)
            refuse(workers, close.text, at: now)
        }
    }

    private func handleTrying(
        _ method: InboundMethod, on writer: BrokerLink, at now: ContinuousClock.Instant
    ) throws(LinkError) {
        switch method {
        case .channelOpened, .prefetchSet: trying.answered(at: now)
        case .consuming, .consumerCancelled, .recovered:
            trying.answered(at: now)
            trial?.replied()
            try goOnTrying(on: writer, at: now)
        case .channelClosed(let close):
            let workers = trial?.workers
            trial = nil
            if let workers { consumerRefused(workers, close, at: now) }
            try trying.closed(isExplained: workers != nil, on: writer, at: now)
        default: break
        }
    }

    /// Whoever the broker names, or else the one in doubt, is left alone for longer: asking for it costs all a connection.
    func connectionRefused(_ reason: String, at now: ContinuousClock.Instant) {
        let names = reason.quoted
        var culprits = Set(roster.unconfirmedWorkers.filter { TopologySubject.workers($0).isNamed(in: names) })
        for case .workers(let workers) in declaring.unanswered(named: names) { culprits.insert(workers) }
        if culprits.isEmpty, let trial { culprits = [trial.workers] }
        for workers in culprits.sorted() {
            roster.doubt(workers)
            refuse(workers, reason, at: now, pause: context.settings.refusedJobRetry * 10)
        }
    }

    private func note(_ outcome: DeclaringChannels.Outcome, at now: ContinuousClock.Instant) {
        switch outcome {
        case .declared(.workers(let workers)):
            context.declared.insert(.workers(workers))
            roster.declared(workers)
            if !roster.isDoubtful(workers) { context.status.setRefused(workers, nil, Self.side) }
        case .refused(.workers(let workers), let reason): refuse(workers, reason, at: now)
        default: break
        }
    }

    private func refuse(
        _ workers: WorkerAddress, _ reason: String, at now: ContinuousClock.Instant, pause: Duration? = nil
    ) {
        guard roster.wants(workers) else { return }
        context.logger.log(
            .error, "the broker refuses the objects of a job or a pool", [.job: "\(workers)", .reason: "\(reason)"])
        context.status.setRefused(workers, reason, Self.side)
        roster.postpone(workers, until: now + (pause ?? context.settings.refusedJobRetry))
    }

    private func handleHinting(
        _ method: InboundMethod, on writer: BrokerLink, at now: ContinuousClock.Instant
    ) throws(LinkError) {
        switch method {
        case .deliver(let deliver): try hintAssembler.begin(deliver)
        case .channelOpened, .declared: hinting.answered(at: now)
        case .queueDeclared(let name, _):
            hinting.answered(at: now)
            try hinting.send(
                .bindQueue(queue: name, exchange: Topology.controlExchange, key: ""), on: writer, at: now)
            try hinting.send(.consume(queue: name, tag: "hints", needsAcks: false), on: writer, at: now)
        case .consuming:
            hinting.answered(at: now)
            keep(nil)
        case .consumerLost:
            try hinting.send(.declareOwnQueue, on: writer, at: now)
        case .channelClosed(let close):
            context.logger.log(.warning, "the broker closed the hints channel", [.reason: "\(close.text)"])
            hintAssembler = ContentAssembler()
            try hinting.closed(isExplained: false, on: writer, at: now)
        default: break
        }
    }

    private func receive(_ content: ContentAssembler.Content?) {
        guard case .delivery(let method, let properties, let body) = content,
            let source = roster.source(of: method.consumerTag)
        else { return }
        lastDelivered = method.deliveryTag
        buffer.append(
            Delivery(
                from: source.workers, kind: source.kind, body: body, contentType: properties.contentType,
                contentEncoding: properties.contentEncoding,
                origin: Delivery.Origin(source: method.exchange, session: session, number: method.deliveryTag)),
            tag: method.deliveryTag)
    }

    private func receiveHint(_ content: ContentAssembler.Content?) {
        guard case .delivery(_, _, let body) = content else { return }
        guard let hint = ControlHint(body: body) else {
            return context.logger.debug("an unknown hint was ignored")
        }
        keep(hint)
    }

    /// Too many that nobody takes become one `nil`: "look at everything".
    private func keep(_ hint: ControlHint?) {
        if hints.count >= 10_000 { hints = [nil] }
        hints.append(hint)
    }
}
