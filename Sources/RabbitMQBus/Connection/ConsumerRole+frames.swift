// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Logging
import Shared

extension ConsumerRole {
    func handle(
        _ frame: InboundFrame, on writer: some FrameWriter, at now: ContinuousClock.Instant
    ) throws(LinkError) {
        switch (frame.channel, frame.payload) {
        case (consuming.number, .method(let method)): try handleConsuming(method, on: writer, at: now)
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
        _ method: InboundMethod, on writer: some FrameWriter, at now: ContinuousClock.Instant
    ) throws(LinkError) {
        switch method {
        case .deliver(let deliver): try deliveryAssembler.begin(deliver)
        case .channelOpened, .prefetchSet, .consumerCancelled: consuming.answered(at: now)
        case .consuming:
            consuming.answered(at: now)
            roster.answered()
        case .consumerLost(let tag):
            guard let job = roster.consumerLost(tag: tag) else { return }
            context.logger.warning("the broker ended a consumer, consuming again", metadata: ["job": "\(job)"])
            context.declared.remove(.job(job))
            roster.postpone(job, until: now + .seconds(1))
        case .channelClosed(let close): try consumingClosed(close, on: writer, at: now)
        default: break
        }
    }

    private func consumingClosed(
        _ close: ChannelClose, on writer: some FrameWriter, at now: ContinuousClock.Instant
    ) throws(LinkError) {
        // Class 60, method 20: basic.consume.
        let culprit = close.methodID == 0x003C_0014 ? roster.firstUnanswered : nil
        context.logger.warning("the broker closed the consuming channel", metadata: ["reason": "\(close.text)"])
        consumingEnded()
        if let culprit {
            context.declared.remove(.job(culprit))
            if close.code == 404 {
                roster.queueLost(culprit, until: now + .seconds(1))
            } else {
                refuse(culprit, close.text, at: now)
            }
        }
        try consuming.closed(isExplained: culprit != nil, on: writer, at: now)
    }

    private func note(_ outcome: DeclaringChannels.Outcome, at now: ContinuousClock.Instant) {
        switch outcome {
        case .declared(.job(let job)):
            context.declared.insert(.job(job))
            context.status.setRefused(job, nil, Self.side)
            roster.declared(job)
        case .refused(.job(let job), let reason): refuse(job, reason, at: now)
        default: break
        }
    }

    private func refuse(_ job: JobName, _ reason: String, at now: ContinuousClock.Instant) {
        guard roster.wants(job) else { return }
        context.logger.error(
            "the broker refuses the objects of a job", metadata: ["job": "\(job)", "reason": "\(reason)"])
        context.status.setRefused(job, reason, Self.side)
        roster.postpone(job, until: now + context.settings.refusedJobRetry)
    }

    private func handleHinting(
        _ method: InboundMethod, on writer: some FrameWriter, at now: ContinuousClock.Instant
    ) throws(LinkError) {
        switch method {
        case .deliver(let deliver): try hintAssembler.begin(deliver)
        case .channelOpened, .declared: hinting.answered(at: now)
        case .queueDeclared(let name):
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
            context.logger.warning("the broker closed the hints channel", metadata: ["reason": "\(close.text)"])
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
                jobName: source.job, kind: source.kind, body: body, contentType: properties.contentType,
                exchange: method.exchange, receipt: Delivery.Receipt(session: session, tag: method.deliveryTag)))
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
