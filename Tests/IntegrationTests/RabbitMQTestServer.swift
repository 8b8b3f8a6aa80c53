// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Foundation
import Logging
import RabbitMQBus
import Shared

/// The broker that the environment names; tests that need it are skipped without it.
enum RabbitMQTestServer {
    /// `SIMPLE_SCHEDULER_TEST_RABBITMQ`: a connection string.
    static let address = ProcessInfo.processInfo.environment["SIMPLE_SCHEDULER_TEST_RABBITMQ"]
    /// `SIMPLE_SCHEDULER_TEST_RABBITMQCTL`: the command, with its first arguments, that runs rabbitmqctl against it.
    static let control = ProcessInfo.processInfo.environment["SIMPLE_SCHEDULER_TEST_RABBITMQCTL"]
    /// With `REQUIRE_INTEGRATION=1` absence is a failure.
    static let isRequired = ProcessInfo.processInfo.environment["REQUIRE_INTEGRATION"] == "1"

    /// Short enough for tests that wait for them.
    static func settings(_ change: (inout RabbitMQSettings) -> Void = { _ in }) throws -> RabbitMQSettings {
        var settings = try RabbitMQSettings(connectionString: address ?? "", connectionName: "test")
        change(&settings)
        return settings
    }

    /// A bus that is not running yet.
    static func bus(_ settings: RabbitMQSettings) -> RabbitMQBus {
        var logger = Logger(label: "test")
        logger.logLevel =
            ProcessInfo.processInfo.environment["SIMPLE_SCHEDULER_TEST_LOG"] == nil ? .critical : .debug
        return RabbitMQBus(settings: settings, logger: logger)
    }

    /// A job name that no other test and no other process uses.
    static func uniqueJob(_ stem: String) throws -> JobName {
        try JobName("\(stem)-\(String(UInt64.random(in: 0 ... .max), radix: 36))")
    }

    /// Runs rabbitmqctl and waits for it.
    static func rabbitmqctl(_ arguments: String...) async throws {
        try await rabbitmqctl(arguments)
    }

    /// Runs rabbitmqctl and waits for it.
    static func rabbitmqctl(_ arguments: [String]) async throws {
        let process = Process()
        let command = (control ?? "").split(separator: " ").map(String.init) + ["--quiet"] + arguments
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = command
        process.standardOutput = FileHandle.nullDevice
        let status = await withCheckedContinuation { continuation in
            process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
            do { try process.run() } catch { continuation.resume(returning: -1) }
        }
        guard status == 0 else { throw ControlFailure(description: "rabbitmqctl \(arguments): \(status)") }
    }

    struct ControlFailure: Error, CustomStringConvertible {
        let description: String
    }
}
