// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import NIOCore
import NIOHPACK
import NIOHTTP1
import NIOHTTP2

/// Ends a connection or a stream whose answer has a status that is none (RFC 9110, section 15), before anybody looks at it.
///
/// The libraries take such a status for what cannot be, and end the process: below 100 async-http-client, which has put
/// its part of the pipeline up when this is added; below 0, or an empty one, NIOHTTP2.
enum StatusCheck {
    private static let known = 100...999

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
        typealias InboundOut = HTTPClientResponsePart

        private var isBroken = false

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            if case .head(let head) = unwrapInboundIn(data), !known.contains(Int(clamping: head.status.code)) {
                isBroken = true
                context.fireErrorCaught(HTTPParserError.invalidStatus)
                context.close(promise: nil)
            }
            // Of a broken answer nothing more is passed on.
            if !isBroken { context.fireChannelRead(data) }
        }
    }

    private final class OfFrames: ChannelInboundHandler {
        typealias InboundIn = HTTP2Frame.FramePayload
        typealias InboundOut = HTTP2Frame.FramePayload

        private var isBroken = false

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            if case .headers(let head) = unwrapInboundIn(data),
                head.headers[":status"].contains(where: { !Self.isStatus($0) })
            {
                isBroken = true
                context.fireErrorCaught(HTTPParserError.invalidStatus)
                context.close(promise: nil)
            }
            if !isBroken { context.fireChannelRead(data) }
        }

        private static func isStatus(_ text: String) -> Bool {
            text.utf8.count == 3 && text.utf8.allSatisfy { 0x30...0x39 ~= $0 }
                && Int(text).map { known.contains($0) } == true
        }
    }
}
