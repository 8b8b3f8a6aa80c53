// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Foundation
import Testing

@Suite(.timeLimit(.minutes(2)))
struct CustodianProgramTests {
    private func withProgram<Value>(_ body: (CustodianProgram) throws -> Value) throws -> Value {
        let program = try CustodianProgram()
        defer { program.removeFolder() }
        return try body(program)
    }

    @Test func `bad settings are all named, and the exit code is 78`() throws {
        let result = try withProgram {
            try $0.run(
                [],
                [
                    "SIMPLE_SCHEDULER_CLEANUP_INTERVAL": "0", "SIMPLE_SCHEDULER_HEARTBEAT_TIMEOUT": "soon",
                    "SIMPLE_SCHEDULER_DB_CONNECTION_STRING": "http://u:hush@h",
                ])
        }
        #expect(result.exitCode == 78)
        let lines = result.errors.split(separator: "\n")
        #expect(lines.count == 3)
        for name in ["CLEANUP_INTERVAL=\"0\"", "HEARTBEAT_TIMEOUT=\"soon\"", "DB_CONNECTION_STRING"] {
            #expect(lines.contains { $0.hasPrefix("SIMPLE_SCHEDULER_\(name): expected ") })
        }
        #expect(!result.errors.contains("hush"))
        #expect(result.output.isEmpty)
    }

    @Test func `check prints every setting with its origin, masked`() throws {
        let result = try withProgram {
            try $0.write("SIMPLE_SCHEDULER_DB_CONNECTION_STRING='mongodb://u:hush@h:1/x'\n", to: ".env")
            return try $0.run(["--check"], ["SIMPLE_SCHEDULER_LOG_LEVEL": "debug"])
        }
        #expect(result.exitCode == 0)
        let lines = result.output.split(separator: "\n")
        #expect(lines.contains("SIMPLE_SCHEDULER_DB_CONNECTION_STRING=mongodb://***@h:1/x # file .env"))
        #expect(lines.contains("SIMPLE_SCHEDULER_LOG_LEVEL=debug # environment"))
        #expect(lines.contains("SIMPLE_SCHEDULER_CLEANUP_INTERVAL=1000 # default"))
        #expect(lines.contains("SIMPLE_SCHEDULER_HEALTH_ADDRESS= # not set"))
        #expect(lines.count == 10)
    }

    @Test func `check finds faults too`() throws {
        #expect(try withProgram { try $0.run(["--check"], ["SIMPLE_SCHEDULER_LOG_LEVEL": "x"]) }.exitCode == 78)
    }

    @Test func `an env file that was named must be there, and good`() throws {
        let missing = try withProgram { try $0.run(["--check", "missing.env"]) }
        #expect(missing.exitCode == 78)
        #expect(missing.errors.hasPrefix("missing.env: expected "))
        let bad = try withProgram {
            try $0.write("A=1\nhush\n", to: "bad.env")
            return try $0.run(["--check", "bad.env"])
        }
        #expect(bad.exitCode == 78)
        #expect(bad.errors.hasPrefix("bad.env:2: expected ") && !bad.errors.contains("hush"))
        #expect(try withProgram { try $0.run(["--check", "/"]) }.exitCode == 78)
    }

    @Test func `usage, help and version`() throws {
        #expect(try withProgram { try $0.run(["--nonsense"]) }.exitCode == 64)
        #expect(try withProgram { try $0.run(["a.env", "b.env"]) }.exitCode == 64)
        let help = try withProgram { try $0.run(["--help"]) }
        #expect(help.exitCode == 0 && help.output.contains("--check"))
        let version = try withProgram { try $0.run(["--version"]) }
        #expect(version.exitCode == 0 && version.output.hasPrefix("simple-scheduler-custodian "))
    }

    @Test(arguments: [SIGTERM, SIGINT])
    func `a signal stops it cleanly, a second one changes nothing`(signal: Int32) throws {
        try withProgram { program in
            let running = try program.start()
            kill(running.process.processIdentifier, signal)
            kill(running.process.processIdentifier, signal)
            let log = running.finish()
            #expect(running.process.terminationReason == .exit)
            #expect(running.process.terminationStatus == 0, "\(log)")
            #expect(log.contains(" info stopping\n") && log.hasSuffix(" info stopped\n"))
            #expect(!log.contains(" error "))
        }
    }

    @Test func `health and metrics are served while the database is away`() async throws {
        let program = try CustodianProgram()
        defer { program.removeFolder() }
        let running = try program.start()
        defer { running.stop() }
        let live = try await running.get("livez")
        #expect(live.status == 200 && live.body == "ok\n")
        let ready = try await running.get("readyz")
        #expect(ready.status == 503 && ready.contentType == "application/json")
        #expect(ready.body.hasPrefix(#"{"checks":{"database":{"detail":""#))
        #expect(ready.body.hasSuffix(#","ok":false}},"status":"not ready"}"#))
        let metrics = try await running.get("metrics")
        #expect(metrics.status == 200 && metrics.contentType == "text/plain; version=0.0.4; charset=utf-8")
        #expect(metrics.body.contains("\nsimple_scheduler_log_lines_dropped_total 0\n"))
        for path in ["", "metrics/x", "LIVEZ"] {
            #expect(try await running.get(path).status == 404, "\(path)")
        }
    }

    @Test func `an address that is taken is a fault of the setting`() throws {
        try withProgram { program in
            let running = try program.start()
            defer { running.stop() }
            let second = try program.run([], ["SIMPLE_SCHEDULER_HEALTH_ADDRESS": running.address])
            #expect(second.exitCode == 78)
            #expect(second.errors.contains("SIMPLE_SCHEDULER_HEALTH_ADDRESS"))
            #expect(second.errors.contains("Address already in use"))
        }
    }
}
