// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypesHTTP1

/// Holds a connection to the rules of RFC 9110 and RFC 9112 that neither the decoder nor the server behind it keeps:
/// what a head must have, when the connection ends and who is told, and `Expect: 100-continue`.
///
/// A request that breaks a rule is not passed on. The server is told of an error instead, answers it with a bare 400 when
/// its turn has come, and that answer is replaced here. After the last answer the connection is closed for writing, and
/// what still comes is thrown away until the client has gone: it would not get to see the answer otherwise (RFC 9112,
/// section 9.6).
final class HTTPRules: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    /// A request whose answer was not written yet.
    private struct Exchange {
        /// The answer must not have a body.
        var isHead: Bool
        /// The client speaks HTTP/1.0 and wants to hear that the connection stays open.
        var isKeptAlive = false
        /// The client holds the body back until it is told to send it.
        var isWaiting = false
    }

    private let line: RequestLine
    private let wording: RefusalWording
    private var exchanges: [Exchange] = []
    /// The body of the newest request is still coming.
    private var isReading = false
    /// The newest request is the last: what comes after it is not looked at.
    private var isLast = false
    /// The head of the oldest request's answer was written.
    private var isAnswering = false
    /// What the newest request is answered with instead of the server's answer.
    private var refusal: Refusal?
    private var isReplacing = false
    private var isClosed = false

    init(line: RequestLine, wording: @escaping RefusalWording) {
        self.line = line
        self.wording = wording
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(var head):
            guard !isLast else { return }
            let isHead = head.method == .HEAD
            let rules: HeadRules
            do {
                rules = try HeadRules(of: &head)
            } catch {
                return refuse(error, isHead: isHead, context)
            }
            exchanges.append(
                Exchange(
                    isHead: isHead, isKeptAlive: rules.isKeptAlive && head.version == .http1_0,
                    isWaiting: rules.isWaiting))
            isReading = true
            isLast = !rules.isKeptAlive
            context.fireChannelRead(wrapInboundOut(.head(head)))
        case .body:
            guard isReading else { return }
            heard()
            context.fireChannelRead(data)
        case .end:
            line.restart()
            guard isReading else { return }
            heard()
            isReading = false
            context.fireChannelRead(data)
        }
    }

    /// A client that sends its body waits for nothing.
    private func heard() {
        if !exchanges.isEmpty { exchanges[exchanges.count - 1].isWaiting = false }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        context.fireChannelReadComplete()
        // The server has stopped reading; somebody must.
        if isClosed { context.read() }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? HTTPParserError else { return context.fireErrorCaught(error) }
        if !isLast || isReading { refuse(line.refusal(for: error), isHead: line.isHead, context) }
    }

    private func refuse(_ refusal: Refusal, isHead: Bool, _ context: ChannelHandlerContext) {
        isLast = true
        if isReading {
            isReading = false
            // It was answered while its body was coming: nothing is left to say.
            if exchanges.isEmpty { return close(context) }
            if exchanges.count == 1, isAnswering { return }
        } else {
            exchanges.append(Exchange(isHead: isHead))
        }
        self.refusal = refusal
        context.fireErrorCaught(HTTPParserError.unknown)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard !isClosed, let exchange = exchanges.first else {
            promise?.fail(ChannelError.outputClosed)
            return
        }
        switch unwrapOutboundIn(data) {
        case .head(var head):
            isAnswering = true
            if exchanges.count == 1, let refusal {
                isReplacing = true
                return write(refusal, isHead: exchange.isHead, context, promise)
            }
            if exchange.isWaiting {
                // Whether the body comes after this answer only the client knows (RFC 9110, section 10.1.1).
                isLast = true
                isReading = false
            }
            if isLast, exchanges.count == 1 {
                head.headers.replaceOrAdd(name: "Connection", value: "close")
            } else if exchange.isKeptAlive {
                head.headers.replaceOrAdd(name: "Connection", value: "keep-alive")
            }
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .body:
            if isReplacing || exchange.isHead {
                promise?.succeed()
            } else {
                context.write(data, promise: promise)
            }
        case .end:
            isAnswering = false
            isReplacing = false
            exchanges.removeFirst()
            guard isLast, exchanges.isEmpty else { return context.write(data, promise: promise) }
            let written = promise ?? context.eventLoop.makePromise()
            let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
            written.futureResult.whenComplete { _ in
                let (rules, context) = bound.value
                rules.close(context)
            }
            context.writeAndFlush(data, promise: written)
        }
    }

    private func write(
        _ refusal: Refusal, isHead: Bool, _ context: ChannelHandlerContext, _ promise: EventLoopPromise<Void>?
    ) {
        let (fields, body) = wording(refusal)
        let status = HTTPResponseStatus(
            statusCode: refusal.status.code, reasonPhrase: refusal.status.reasonPhrase)
        var head = HTTPResponseHead(version: .http1_1, status: status, headers: HTTPHeaders(fields))
        head.headers.replaceOrAdd(name: "Content-Length", value: "\(body.count)")
        head.headers.replaceOrAdd(name: "Date", value: HTTPDate.now())
        head.headers.replaceOrAdd(name: "Connection", value: "close")
        context.write(wrapOutboundOut(.head(head)), promise: promise)
        if !isHead { context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: body)))), promise: nil) }
    }

    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        guard event is BodyWanted else { return context.triggerUserOutboundEvent(event, promise: promise) }
        if exchanges.count == 1, exchanges[0].isWaiting {
            exchanges[0].isWaiting = false
            let head = HTTPResponseHead(version: .http1_1, status: .continue)
            context.writeAndFlush(wrapOutboundOut(.head(head)), promise: nil)
        }
        promise?.succeed()
    }

    private func close(_ context: ChannelHandlerContext) {
        guard !isClosed else { return }
        isClosed = true
        line.isOver = true
        context.close(mode: .output, promise: nil)
        context.read()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        context.fireUserInboundEventTriggered(event)
        if isClosed, case .inputClosed? = event as? ChannelEvent { context.close(promise: nil) }
    }
}

@available(*, unavailable)
extension HTTPRules: Sendable {}
