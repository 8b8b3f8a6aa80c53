// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Glibc
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// A server that says exactly what a test has it say, right or wrong, once it has read a whole request.
final class RawServer: Sendable {
    /// What it does about a request.
    enum Step: Sendable {
        case say(String)
        case bytes([UInt8])
        /// Goes on for ever.
        case endless(String)
        /// So many of these, one every ten milliseconds.
        case drip(String, Int)
        case close
        case reset
    }

    let port: Int
    private let channel: any Channel
    private let log: Log

    /// The requests that came, as they came.
    var requests: [String] { log.requests.withLock { $0 } }
    /// How many connections there were.
    var connections: Int { log.connections.withLock { $0 } }
    /// How many bytes came, under TLS if there is any.
    var bytes: Int { log.bytes.withLock { $0 } }

    /// Answers every request of every connection with these steps; without any it says nothing.
    init(_ steps: [Step], tls: NIOSSLContext? = nil) async throws {
        let log = Log()
        channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    log.connections.withLock { $0 += 1 }
                    try channel.pipeline.syncOperations.addHandler(Counting(log))
                    if let tls { try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls)) }
                    try channel.pipeline.syncOperations.addHandler(Answering(steps, log))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        self.log = log
        port = channel.localAddress?.port ?? 0
    }

    func stop() async throws { try await channel.close() }

    /// Runs a test with a server of these steps.
    static func with(
        _ steps: [Step], tls: NIOSSLContext? = nil, _ body: (RawServer) async throws -> Void
    ) async throws {
        let server = try await RawServer(steps, tls: tls)
        do { try await body(server) } catch {
            try? await server.stop()
            throw error
        }
        try await server.stop()
    }

    fileprivate final class Log: Sendable {
        let requests = Mutex<[String]>([])
        let connections = Mutex(0)
        let bytes = Mutex(0)
    }
}

private final class Counting: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let log: RawServer.Log

    init(_ log: RawServer.Log) {
        self.log = log
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let count = unwrapInboundIn(data).readableBytes
        log.bytes.withLock { $0 += count }
        context.fireChannelRead(data)
    }
}

private final class Answering: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let steps: [RawServer.Step]
    private let log: RawServer.Log
    private var read = ""

    init(_ steps: [RawServer.Step], _ log: RawServer.Log) {
        self.steps = steps
        self.log = log
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        read += String(buffer: unwrapInboundIn(data))
        guard let end = read.firstRange(of: "\r\n\r\n")?.upperBound else { return }
        let length =
            read[..<end].split(separator: "\r\n").first { $0.lowercased().hasPrefix("content-length:") }
            .flatMap { Int($0.split(separator: " ").last ?? "") } ?? 0
        guard read[end...].utf8.count >= length else { return }
        let request = read
        log.requests.withLock { $0.append(request) }
        read = ""
        go(steps[...], context.channel)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func go(_ steps: ArraySlice<RawServer.Step>, _ channel: any Channel) {
        guard let step = steps.first, channel.isActive else { return }
        let rest = steps.dropFirst()
        switch step {
        case .say(let text): say(Array(text.utf8), then: rest, channel)
        case .bytes(let bytes): say(bytes, then: rest, channel)
        case .endless(let text): say(Array(text.utf8), then: [step], channel)
        case .drip(_, 0): go(rest, channel)
        case .drip(let text, let count):
            channel.writeAndFlush(ByteBuffer(string: text), promise: nil)
            let handler = NIOLoopBound(self, eventLoop: channel.eventLoop)
            channel.eventLoop.scheduleTask(in: .milliseconds(10)) {
                handler.value.go([.drip(text, count - 1)] + rest, channel)
            }
        case .close: channel.close(promise: nil)
        case .reset:
            let options = channel as? any SocketOptionProvider
            _ = options?.setSoLinger(linger(l_onoff: 1, l_linger: 0))
            channel.close(promise: nil)
        }
    }

    private func say(_ bytes: [UInt8], then rest: ArraySlice<RawServer.Step>, _ channel: any Channel) {
        let handler = NIOLoopBound(self, eventLoop: channel.eventLoop)
        channel.writeAndFlush(ByteBuffer(bytes: bytes)).whenSuccess { handler.value.go(rest, channel) }
    }
}
