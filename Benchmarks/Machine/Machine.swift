// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Foundation
import Glibc
import MongoStore
import MongoTestSupport
import RabbitMQBus
import RabbitMQTestSupport
import Shared

/// What a figure depends on besides our code.
enum Machine {
    /// Lines about machine, date, servers and disk.
    static func describe(_ settings: BenchmarkSettings) async throws -> [String] {
        let servers = settings.hasServers ? try await servers(Bench(settings)) : "none"
        let sync = try syncTime(in: settings.serversFolder)
        return [
            "machine   \(cores) cores, \(cpuModel), \(memory) of memory, Linux \(read("/proc/sys/kernel/osrelease"))",
            "date      \(Date.now.formatted(.iso8601))",
            "servers   \(servers)",
            "disk      fdatasync of 4 KiB beside the data: median \(sync.shortText) ms",
            "parts     \(settings.parts.map { $0.name }.joined(separator: ", "))",
            "load      \(read("/proc/loadavg")) when the run began",
        ]
    }

    private static func servers(_ bench: Bench) async throws -> String {
        let database = try await BenchmarkDatabase(bench, "bench_machine")
        let info = try await database.store.readRaw(["buildInfo": 1])
        try await database.drop()
        let client = try BrokerClient(try bench.broker())
        defer { client.close() }
        return "MongoDB \(info["version"]?.text ?? "?"), RabbitMQ \(client.serverVersion), on the same machine"
    }

    /// The median time of writing 4 KiB and waiting until the disk has them, in ms.
    private static func syncTime(in folder: String) throws -> Double {
        let path = folder + "/fdatasync-probe"
        let file = open(path, O_CREAT | O_WRONLY | O_TRUNC, 0o600)
        guard file >= 0 else { throw BenchmarkFailure("cannot write to \(folder)") }
        defer {
            close(file)
            unlink(path)
        }
        let block = [UInt8](repeating: 0xa5, count: 4096)
        let times = (0..<200).map { _ in
            ContinuousClock().measure {
                _ = write(file, block, block.count)
                fdatasync(file)
            }
        }
        return times.sorted()[100] / .milliseconds(1)
    }

    private static var cores: Int { Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

    private static var memory: String {
        "\((Double(sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE))) / 1_073_741_824).shortText) GiB"
    }

    private static var cpuModel: String {
        let line = read("/proc/cpuinfo").split(separator: "\n").first { $0.hasPrefix("model name") }
        return line?.split(separator: ":").last?.trimmingCharacters(in: .whitespaces) ?? "unknown CPU"
    }

    private static func read(_ path: String) -> String {
        let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? "?"
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
