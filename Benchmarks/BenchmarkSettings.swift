// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Foundation
import Shared

/// What the environment tells the benchmark; `scripts/bench` sets what is not for people.
struct BenchmarkSettings {
    /// `BENCH`: which parts, separated by commas; all without it.
    let parts: [any (BenchmarkPart & SendableMetatype).Type]
    /// `BENCH_SCALE`: factor for the sizes and the lengths of all parts; below 1 the figures mean nothing.
    let scale: Double
    /// `BENCH_LONG=1`: the full minute, and the full number of jobs, where the default is less.
    let isLong: Bool
    /// `BENCH_QUEUES`: the kinds of queues; `nil` = what each part does by default.
    let queueTypes: [QueueType]?
    /// Where the built programs are.
    let programs: String
    /// For logs and pid files of what is started; exists.
    let scratch: String
    /// Whether the servers are there; without them the next ones are empty.
    let hasServers: Bool
    /// The servers.
    let mongoDB: String
    let rabbitMQ: String
    /// The processes of the servers, for their CPU time.
    let mongodPID: Int32
    let rabbitMQPID: Int32
    /// The folder in which the servers keep their data, or a file's is.
    let serversFolder: String

    /// Reads and checks everything.
    init(_ environment: [String: String]) throws {
        func required(_ name: String) throws -> String {
            guard let value = environment[name], !value.isEmpty else {
                throw BenchmarkFailure("\(name) is not set: the benchmark is started by scripts/bench")
            }
            return value
        }
        func number<Number: LosslessStringConvertible>(_ name: String) throws -> Number {
            let text = try required(name)
            guard let number = Number(text.split(separator: " ").first.map(String.init) ?? "") else {
                throw BenchmarkFailure("\(name) is not a number: \(text)")
            }
            return number
        }
        parts = try Self.parts(environment["BENCH"] ?? "")
        scale = environment["BENCH_SCALE", default: ""].isEmpty ? 1 : try number("BENCH_SCALE")
        guard scale > 0, scale <= 10 else { throw BenchmarkFailure("BENCH_SCALE must be above 0 and at most 10") }
        isLong = environment["BENCH_LONG"] == "1"
        queueTypes = try Self.queueTypes(environment["BENCH_QUEUES"] ?? "")
        programs = try required("BENCH_PROGRAMS")
        scratch = try required("BENCH_SCRATCH")
        hasServers = parts.contains { $0.needsServers }
        mongoDB = hasServers ? try required("SIMPLE_SCHEDULER_TEST_MONGODB") : ""
        rabbitMQ = hasServers ? try required("SIMPLE_SCHEDULER_TEST_RABBITMQ") : ""
        mongodPID = hasServers ? try number("SIMPLE_SCHEDULER_TEST_MONGOD_PIDS") : 0
        rabbitMQPID = hasServers ? try number("SIMPLE_SCHEDULER_TEST_RABBITMQ_PID") : 0
        serversFolder = hasServers ? try required("SIMPLE_SCHEDULER_TEST_SERVERS_DIR") : scratch
    }

    /// The parts that a list names, in the order of running; all for an empty one.
    ///
    /// - Throws: for a name that there is not, with the list of those that there are.
    private static func parts(_ text: String) throws -> [any (BenchmarkPart & SendableMetatype).Type] {
        let known = BenchmarkParts.all.map { $0.name }
        let wanted = names(in: text)
        for name in wanted where !known.contains(name) {
            let list = BenchmarkParts.all.map { "  \($0.name.padded(to: 10))\($0.summary)" }.joined(separator: "\n")
            throw BenchmarkFailure("BENCH: there is no part \(name); there are\n\(list)")
        }
        return BenchmarkParts.all.filter { wanted.isEmpty || wanted.contains($0.name) }
    }

    private static func queueTypes(_ text: String) throws -> [QueueType]? {
        let wanted = names(in: text)
        let types = try wanted.map { name in
            guard let type = QueueType(rawValue: name) else {
                throw BenchmarkFailure("BENCH_QUEUES: there is no kind \(name); there are classic and quorum")
            }
            return type
        }
        return types.isEmpty ? nil : types
    }

    private static func names(in text: String) -> [String] {
        text.split { $0 == "," || $0 == " " }.map(String.init)
    }
}
