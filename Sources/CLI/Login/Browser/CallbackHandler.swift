// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import NIOCore
import NIOHTTP1

/// Reads one request of a browser; what is not a callback is answered here.
final class CallbackHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart

    private let callbacks: AsyncStream<CallbackRequest>.Continuation
    private var head: HTTPRequestHead?

    init(callbacks: AsyncStream<CallbackRequest>.Continuation) {
        self.callbacks = callbacks
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): self.head = head
        case .body: break
        case .end:
            guard let head else { return }
            self.head = nil
            let parts = head.uri.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
            let channel = context.channel
            if head.method == .GET, parts[0] == "/callback" {
                let query = parts.count > 1 ? parts[1] : ""
                callbacks.yield(CallbackRequest(parameters: FormEncoding.decode(query), channel: channel))
            } else {
                // What only looks whether there is something must not use up the code.
                let isHead = head.method == .HEAD
                Task { await CallbackRequest.answer(.notFound, on: channel, withoutBody: isHead) }
            }
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
