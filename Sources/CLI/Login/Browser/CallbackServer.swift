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
