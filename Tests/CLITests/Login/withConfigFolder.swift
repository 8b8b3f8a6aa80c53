// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import FoundationEssentials

@testable import CLICommands

/// Gives a folder that is not there yet, below one that goes afterwards.
func withConfigFolder<Value>(_ body: (PrivateFolder, CLIEnvironment) async throws -> Value) async throws -> Value {
    let parent = FileManager.default.temporaryDirectory.path + "/simple-scheduler-\(UInt64.random(in: 0...UInt64.max))"
    try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: parent) }
    let environment = CLIEnvironment(["XDG_CONFIG_HOME": parent])
    return try await body(try environment.configFolder, environment)
}
