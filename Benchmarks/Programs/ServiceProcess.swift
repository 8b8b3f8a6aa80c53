// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Foundation
import Glibc
import Shared

/// A running Scheduler, Custodian, API or standalone: the built program, known by nothing but its environment, its health address and
/// its process id.
final class ServiceProcess {
    private let process = Process()
    /// Where it tells how it is; the API serves everything there.
    let port: Int
    private let pidFile: String
    private let log: String

    /// Of the process.
    var pid: Int32 { process.processIdentifier }

    /// Starts it with the contract's defaults except for `changes`; does not wait until it is ready.
    ///
    /// The id goes to a file, so that `scripts/bench` can end it when the benchmark cannot.
    convenience init(
        _ program: String, _ bench: Bench, database: String, listening address: SettingName = .healthAddress,
        _ changes: [SettingName: String] = [:]
    ) throws {
        var settings: [SettingName: String] = [
            .databaseConnectionString: bench.settings.mongoDB, .databaseName: database,
            .busConnectionString: bench.settings.rabbitMQ,
        ]
        settings.merge(changes) { $1 }
        try self.init(program, bench, settings, listening: address)
    }

    /// Starts the one that needs no server, on a data folder.
    convenience init(standalone folder: String, _ bench: Bench) throws {
        try self.init("simple-scheduler-standalone", bench, [:], listening: .apiURL, ["--data", folder])
    }

    private init(
        _ program: String, _ bench: Bench, _ settings: [SettingName: String], listening address: SettingName,
        _ arguments: [String] = []
    ) throws {
        port = try LocalSocket.freePort()
        let number = Self.started.next()
        log = "\(bench.settings.scratch)/\(program)-\(number).log"
        pidFile = "\(bench.settings.scratch)/pid/\(program)-\(number)"
        var environment = ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? "", "LC_ALL": "C.UTF-8"]
        for (name, value) in settings { environment[name.rawValue] = value }
        environment[address.rawValue] = "127.0.0.1:\(port)"
        process.arguments = arguments
        process.executableURL = URL(fileURLWithPath: "\(bench.settings.programs)/\(program)")
        process.environment = environment
        process.currentDirectoryURL = URL(fileURLWithPath: bench.settings.scratch)
        process.standardInput = FileHandle.nullDevice
        _ = FileManager.default.createFile(atPath: log, contents: nil)
        let output = try FileHandle(forWritingTo: URL(fileURLWithPath: log))
        process.standardOutput = output
        process.standardError = output
        try process.run()
        try output.close()
        try writePIDFile()
        bench.programs.append(self)
    }

    /// Waits until `/readyz` says so.
    func waitUntilReady() async throws {
        try await wait(upTo: .seconds(30), "it is ready") { [self] in
            LocalSocket.get("/readyz", port: port)?.hasPrefix("HTTP/1.1 200") == true
        }
    }

    /// Waits until `condition` holds; fails at once when the process ends.
    func wait(
        upTo limit: Duration, every pause: Duration = .milliseconds(20), _ purpose: String,
        _ condition: () async throws -> Bool
    ) async throws {
        let end = ContinuousClock.now + limit
        while try await !condition() {
            guard process.isRunning else { throw BenchmarkFailure("the program ended by itself; see its log \(log)") }
            guard ContinuousClock.now < end else {
                throw BenchmarkFailure("waited \(limit) in vain until \(purpose); see the log \(log)")
            }
            try await Task.sleep(for: pause)
        }
    }

    /// The sum of all series of a metric; 0 before its first use.
    func metric(_ name: MetricName) throws -> Double {
        guard let text = LocalSocket.get("/metrics", port: port) else {
            throw BenchmarkFailure("the program does not tell its metrics; see its log \(log)")
        }
        return text.split(whereSeparator: \.isNewline).filter { line in
            line.hasPrefix(name.rawValue) && [" ", "{"].contains(line.dropFirst(name.rawValue.count).first)
        }.compactMap { $0.split(separator: " ").last.flatMap { Double($0) } }.reduce(0, +)
    }

    /// Asks it to stop and waits for its end.
    ///
    /// - Throws: when it does not stop in the ten seconds of the contract, or not with exit code 0.
    func stop() async throws {
        kill(pid, SIGTERM)
        let end = ContinuousClock.now + .seconds(15)
        while process.isRunning {
            guard ContinuousClock.now < end else {
                await kill()
                throw BenchmarkFailure("the program did not stop within 15 s; see its log \(log)")
            }
            try await Task.sleep(for: .milliseconds(20))
        }
        try? FileManager.default.removeItem(atPath: pidFile)
        guard process.terminationStatus == 0 else {
            throw BenchmarkFailure("the program ended with \(process.terminationStatus); see its log \(log)")
        }
    }

    /// Kills it (SIGKILL) unless it has ended, and waits for its end.
    func kill() async {
        while process.isRunning {
            kill(pid, SIGKILL)
            do { try await Task.sleep(for: .milliseconds(5)) } catch { break }
        }
        try? FileManager.default.removeItem(atPath: pidFile)
    }

    private func kill(_ pid: Int32, _ signal: Int32) {
        _ = Glibc.kill(pid, signal)
    }

    /// `PID START`, as scripts/lib/common.sh reads it.
    private func writePIDFile() throws {
        let stat = try String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)
        let fields = stat[(stat.lastIndex(of: ")") ?? stat.startIndex)...].split(separator: " ")
        try "\(pid) \(fields[20])\n".write(toFile: pidFile, atomically: false, encoding: .utf8)
    }

    private static let started = StartCounter()
}
