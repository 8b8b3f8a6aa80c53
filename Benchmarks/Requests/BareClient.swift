// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import AsyncHTTPClient
import MongoStore
import NIOCore
import NIOHTTP1
import Shared

/// The HTTP client that the Scheduler uses, in a bare loop.
enum BareClient {
    /// Requests a second of `lanes` loops that wait for each answer; the first of two rounds is for warming up.
    static func rate(to url: String, lanes: Int, each: Int) async throws -> Double {
        try await withClient { client in
            try await send(each * lanes, to: url, lanes: lanes, client)
            let began = ContinuousClock.now
            try await send(each * lanes, to: url, lanes: lanes, client)
            return Double(lanes * each) / ((ContinuousClock.now - began) / .seconds(1))
        }
    }

    /// The same with each request kept in the collection `runs`: inserted before and updated after it, in bulks of `size`, two of them at a
    /// time; the first of two rounds is for warming up.
    static func recordedRate(
        to url: String, _ database: BenchmarkDatabase, _ ids: IdentifierGenerator, bulks: Int, of size: Int
    ) async throws -> Double {
        try await withClient { client in
            func round() async throws {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<2 {
                        group.addTask {
                            for _ in 0..<bulks / 2 {
                                let runs = (0..<size).map { _ in ids.next(at: WallClock.now()) }
                                try await database.insertRuns(runs)
                                try await send(size, to: url, lanes: 16, client)
                                try await database.completeRuns(runs)
                            }
                        }
                    }
                    try await group.waitForAll()
                }
            }
            try await round()
            let began = ContinuousClock.now
            try await round()
            return Double(bulks / 2 * 2 * size) / ((ContinuousClock.now - began) / .seconds(1))
        }
    }

    private static func withClient(_ work: (HTTPClient) async throws -> Double) async throws -> Double {
        let client = HTTPClient(eventLoopGroupProvider: .singleton)
        do {
            let rate = try await work(client)
            try await client.shutdown()
            return rate
        } catch {
            try? await client.shutdown()
            throw error
        }
    }

    private static func send(_ count: Int, to url: String, lanes: Int, _ client: HTTPClient) async throws {
        let body = ByteBuffer(string: #"{"action":"run","attempt":1,"jobName":"many-00000"}"#)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for lane in 0..<lanes {
                group.addTask {
                    for _ in stride(from: lane, to: count, by: lanes) {
                        var request = HTTPClientRequest(url: url)
                        request.method = .POST
                        request.headers.add(name: "Content-Type", value: "application/json")
                        request.body = .bytes(body)
                        let answer = try await client.execute(request, timeout: .seconds(30))
                        for try await _ in answer.body {}
                    }
                }
            }
            try await group.waitForAll()
        }
    }
}
