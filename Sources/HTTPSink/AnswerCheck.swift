// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import NIOCore
import NIOHPACK
import NIOHTTP1
import NIOHTTP2

/// Stands between receivers and the libraries, which take some of what can come for what cannot, and end the process over it.
///
/// That is a status below 100 (async-http-client), below 0 or empty (NIOHTTP2), and the end of a connection of HTTP/2 after an answer
/// that was whole before its request (async-http-client). It has put its part of the pipeline up when this is added.
enum AnswerCheck {
    private static let statuses = 100...999

    /// For a connection with HTTP/1: behind the parser.
    static func add(toConnection channel: any Channel) -> EventLoopFuture<Void> {
        onLoop(channel) {
            let pipeline = channel.pipeline.syncOperations
            let parser = try pipeline.handler(type: ByteToMessageHandler<HTTPResponseDecoder>.self)
            try pipeline.addHandler(OfParts(), position: .after(parser))
        }
    }

    /// For a stream of HTTP/2: before everything.
    static func add(toStream channel: any Channel) -> EventLoopFuture<Void> {
        onLoop(channel) { try channel.pipeline.syncOperations.addHandler(OfFrames(), position: .first) }
    }

    private static func onLoop(
        _ channel: any Channel, _ work: @escaping @Sendable () throws -> Void
    ) -> EventLoopFuture<Void> {
        channel.eventLoop.inEventLoop
            ? channel.eventLoop.makeCompletedFuture(withResultOf: work) : channel.eventLoop.submit(work)
    }

    private final class OfParts: ChannelInboundHandler {
        typealias InboundIn = HTTPClientResponsePart

        private var isBroken = false

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            // Of a broken answer nothing more is passed on.
            guard !isBroken else { return }
            if case .head(let head) = unwrapInboundIn(data), !statuses.contains(Int(clamping: head.status.code)) {
                isBroken = true
                context.fireErrorCaught(HTTPParserError.invalidStatus)
                context.close(promise: nil)
                return
            }
            context.fireChannelRead(data)
        }
    }

    /// One request and its answer.
    ///
    /// Once that is whole, or has failed, nothing that comes is for anybody.
    private final class OfFrames: ChannelDuplexHandler {
        typealias InboundIn = HTTP2Frame.FramePayload
        typealias OutboundIn = HTTP2Frame.FramePayload
        typealias OutboundOut = HTTP2Frame.FramePayload

        private var isSent = false
        private var isOver = false

        func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
            switch unwrapOutboundIn(data) {
            case .headers(let head): isSent = isSent || head.endStream
            case .data(let data): isSent = isSent || data.endStream
            default: break
            }
            context.write(data, promise: promise)
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            guard !isOver else { return }
            switch unwrapInboundIn(data) {
            case .headers(let head):
                guard head.headers[":status"].allSatisfy(Self.isStatus) else {
                    context.fireErrorCaught(HTTPParserError.invalidStatus)
                    isOver = true
                    return context.close(promise: nil)
                }
                isOver = head.endStream
            case .data(let data): isOver = data.endStream
            default: break
            }
            context.fireChannelRead(data)
            // The rest of the request is not wanted any more (RFC 9113, section 8.1).
            if isOver, !isSent { context.close(promise: nil) }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            guard !isOver else { return }
            isOver = true
            context.fireErrorCaught(error)
        }

        func channelWritabilityChanged(context: ChannelHandlerContext) {
            if !isOver { context.fireChannelWritabilityChanged() }
        }

        func channelInactive(context: ChannelHandlerContext) {
            if !isOver { context.fireChannelInactive() }
        }

        private static func isStatus(_ text: String) -> Bool {
            text.utf8.count == 3 && text.utf8.allSatisfy { 0x30...0x39 ~= $0 }
                && Int(text).map { statuses.contains($0) } == true
        }
    }
}
