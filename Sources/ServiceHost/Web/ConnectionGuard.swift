// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import NIOCore
import NIOHTTPTypes

/// Ends connections that hold on to us without asking anything: each part of a request has a time within which it must
/// have come, however slowly its bytes drip.
///
/// Looks once a second instead of setting a timer per request. Sits between ``HTTPRules`` and the server.
final class ConnectionGuard: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let limits: ConnectionLimits
    private var tick: RepeatedTask?
    private var isReadingBody = false
    private var bodySize = 0
    private var inProgress = 0
    private var since = NIODeadline.now()
    private var unwritableSince: NIODeadline?
    private var hasAsked = false

    init(limits: ConnectionLimits) {
        self.limits = limits
    }

    func handlerAdded(context: ChannelHandlerContext) {
        since = .now()
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        tick = context.eventLoop.scheduleRepeatedTask(initialDelay: limits.interval, delay: limits.interval) { _ in
            let (handler, context) = bound.value
            handler.look(context)
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        tick?.cancel()
    }

    func channelInactive(context: ChannelHandlerContext) {
        tick?.cancel()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head:
            isReadingBody = true
            bodySize = 0
            inProgress += 1
            hasAsked = true
            since = .now()
        case .body(let buffer):
            bodySize += buffer.readableBytes
            // What is over the limit was answered already; the rest is read so that the client gets to see it.
            if bodySize > limits.largestBody { return context.close(promise: nil) }
        case .end:
            isReadingBody = false
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .end = unwrapOutboundIn(data) {
            inProgress = max(0, inProgress - 1)
            since = .now()
        }
        context.write(data, promise: promise)
    }

    private func look(_ context: ChannelHandlerContext) {
        let now = NIODeadline.now()
        if context.channel.isWritable {
            unwritableSince = nil
        } else {
            let start = unwritableSince ?? now
            unwritableSince = start
            if now - start > limits.write { return context.close(promise: nil) }
        }
        let limit = isReadingBody ? limits.body : inProgress > 0 ? nil : hasAsked ? limits.idle : limits.head
        if let limit, now - since > limit { context.close(promise: nil) }
    }
}

@available(*, unavailable)
extension ConnectionGuard: Sendable {}
