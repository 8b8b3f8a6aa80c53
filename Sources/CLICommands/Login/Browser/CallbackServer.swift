// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

private import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix

/// Listens where the issuer sends the browser back to: on this machine only, while a login waits.
struct CallbackServer: Sendable {
    static let port = 5556

    /// The browsers that come back, in their order.
    let callbacks: AsyncStream<CallbackRequest>
    private let listeners: [any Channel]

    /// Begins to listen on both addresses that `localhost` may mean.
    static func start() async throws -> CallbackServer {
        let (callbacks, continuation) = AsyncStream.makeStream(of: CallbackRequest.self)
        let bootstrap = ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(CallbackHandler(callbacks: continuation))
                }
            }
        var listeners: [any Channel] = []
        do {
            listeners.append(try await bootstrap.bind(host: "127.0.0.1", port: port).get())
            do {
                listeners.append(try await bootstrap.bind(host: "::1", port: port).get())
            } catch let error as IOError where error.errnoCode != EADDRINUSE {
                // There is no IPv6 here.
            }
        } catch {
            for listener in listeners { try? await listener.close().get() }
            throw CLIFailure(
                .other, "port \(port) is taken, and the browser must come back to it",
                hints: "Another login may be waiting: finish or end it, and try again.",
                "Or log in without it: --device")
        }
        return CallbackServer(callbacks: callbacks, listeners: listeners)
    }

    func stop() async {
        for listener in listeners { try? await listener.close().get() }
    }
}

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
