// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Foundation

/// One run of `wrk`, which is a Debian package: one thread, sixteen connections, each with one request at a time.
struct HTTPLoad {
    static let connections = 16

    /// Requests that were answered.
    let requests: Double
    /// Requests a second.
    let rate: Double
    /// Half of the answers took no longer, and 99 of 100, in ms.
    let p50: Double
    let p99: Double

    /// Runs `script` for some seconds.
    ///
    /// - Throws: when an answer was not a success, or a connection failed.
    init(_ script: String, port: Int, seconds: Int, _ bench: Bench) async throws {
        let path = "\(bench.settings.scratch)/load.lua"
        try script.write(toFile: path, atomically: false, encoding: .utf8)
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "wrk", "-t1", "-c\(Self.connections)", "-d\(seconds)s", "--latency", "-s", path, "http://127.0.0.1:\(port)",
        ]
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        // Percents stand before it, too: how many of all were near the mean.
        let distribution = text.firstRange(of: "Latency Distribution")?.lowerBound ?? text.startIndex
        func word(after mark: String) throws -> Substring {
            guard let found = text[distribution...].firstRange(of: mark),
                let word = text[found.upperBound...].split(whereSeparator: \.isWhitespace).first
            else { throw BenchmarkFailure("wrk does not tell \(mark) (apt-get install wrk?): \(text.prefix(500))") }
            return word
        }
        if text.contains("Non-2xx") || text.contains("Socket errors") {
            throw BenchmarkFailure("not all requests were answered well: \(text.suffix(300))")
        }
        rate = Double(try word(after: "Requests/sec:")) ?? 0
        p50 = try Self.milliseconds(try word(after: "50%"))
        p99 = try Self.milliseconds(try word(after: "99%"))
        requests = Double(try word(after: "figure requests")) ?? 0
    }

    /// `850.00us`, `1.25ms`, `2.01s`.
    private static func milliseconds(_ text: Substring) throws -> Double {
        for (unit, factor) in [("us", 0.001), ("ms", 1.0), ("s", 1000.0)] where text.hasSuffix(unit) {
            if let number = Double(text.dropLast(unit.count)) { return number * factor }
        }
        throw BenchmarkFailure("wrk tells a time as \(text)")
    }
}
