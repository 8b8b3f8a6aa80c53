// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Foundation

/// The built Custodian, run as an operator runs it, in a folder and an environment of its own.
struct CustodianProgram {
    /// How a run ended.
    struct Result {
        let exitCode: Int32
        let output: String
        let errors: String
    }

    let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "custodian-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    func write(_ text: String, to name: String) throws {
        try text.write(to: folder.appending(path: name), atomically: true, encoding: .utf8)
    }

    func removeFolder() {
        try? FileManager.default.removeItem(at: folder)
    }

    /// Starts it with a health address and without a database, and waits until it serves.
    func start() throws -> RunningCustodian {
        let errors = Pipe()
        let process = try process(
            [],
            [
                "SIMPLE_SCHEDULER_HEALTH_ADDRESS": "127.0.0.1:0",
                // Nothing listens there: it waits for the database all along.
                "SIMPLE_SCHEDULER_DB_CONNECTION_STRING": "mongodb://127.0.0.1:1",
            ], errors: errors)
        try process.run()
        // One that never serves, or never ends, holds up no test for ever: its end closes the pipe that is waited at.
        let id = process.processIdentifier
        DispatchQueue.global().asyncAfter(deadline: .now() + 100) { if process.isRunning { kill(id, SIGKILL) } }
        return try RunningCustodian(process: process, errors: errors.fileHandleForReading)
    }

    /// A process that is not started yet; `errors` receives its standard error.
    func process(_ arguments: [String], _ environment: [String: String], errors: Pipe) throws -> Process {
        let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let process = Process()
        process.executableURL = URL(filePath: tests).deletingLastPathComponent()
            .appending(path: "simple-scheduler-custodian")
        process.arguments = arguments
        // What a sanitizer is told counts for the program, too.
        let sanitizer = ProcessInfo.processInfo.environment.filter { ["TSAN_OPTIONS", "PATH"].contains($0.key) }
        process.environment = environment.merging(sanitizer) { own, _ in own }
        process.currentDirectoryURL = folder
        process.standardInput = FileHandle.nullDevice
        process.standardError = errors
        return process
    }

    /// Runs it to its end.
    func run(_ arguments: [String] = [], _ environment: [String: String] = [:]) throws -> Result {
        let (output, errors) = (Pipe(), Pipe())
        let process = try process(arguments, environment, errors: errors)
        process.standardOutput = output
        try process.run()
        let texts = [output, errors].map {
            String(decoding: $0.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        }
        process.waitUntilExit()
        return Result(exitCode: process.terminationStatus, output: texts[0], errors: texts[1])
    }
}
