// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import NIOCore
import NIOPosix
import Synchronization

/// Answers each connection's first bytes with these bytes, whatever they are; `nil` = never answers.
final class RawServer: Sendable {
    private let channel: any Channel
    private let requests = Mutex<[String]>([])

    let port: Int
    /// What was sent to it, by connection.
    var received: [String] { requests.withLock { $0 } }

    /// Runs the body with a server of its own, which is gone afterwards.
    static func with<Value>(
        answer: String?, repeating filler: Int = 0, closing: Bool = true, _ body: (RawServer) async throws -> Value
    ) async throws -> Value {
        let listening = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .bind(host: "127.0.0.1", port: 0) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        let server = RawServer(listening.channel)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try? await listening.executeThenClose { connections in
                    try await withThrowingDiscardingTaskGroup { tasks in
                        for try await connection in connections {
                            tasks.addTask {
                                try? await server.serve(connection, answer, filler, closing)
                            }
                        }
                    }
                }
            }
            let result: Result<Value, any Error>
            do { result = .success(try await body(server)) } catch { result = .failure(error) }
            try? await server.channel.close().get()
            group.cancelAll()
            return try result.get()
        }
    }

    private init(_ channel: any Channel) {
        self.channel = channel
        port = channel.localAddress?.port ?? 0
    }

    private func serve(
        _ connection: NIOAsyncChannel<ByteBuffer, ByteBuffer>, _ answer: String?, _ filler: Int, _ closing: Bool
    ) async throws {
        try await connection.executeThenClose { inbound, outbound in
            for try await bytes in inbound {
                requests.withLock { $0.append(String(buffer: bytes)) }
                guard let answer else { continue }
                try await outbound.write(ByteBuffer(string: answer))
                var left = filler
                while left > 0 {
                    try await outbound.write(ByteBuffer(repeating: UInt8(ascii: " "), count: min(left, 1 << 16)))
                    left -= 1 << 16
                }
                if closing { return }
            }
        }
    }
}
