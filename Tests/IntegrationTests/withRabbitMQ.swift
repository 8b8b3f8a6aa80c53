// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import RabbitMQBus
import Shared

/// Runs a bus and a worker for the time of `body`.
func withRabbitMQ(
    _ change: (inout RabbitMQSettings) -> Void = { _ in },
    _ body: (RabbitMQBus, RabbitMQWorker) async throws -> Void
) async throws {
    let bus = RabbitMQTestServer.bus(try RabbitMQTestServer.settings(change))
    let running = Task { try await bus.run() }
    try await bus.ready()
    do {
        try await body(bus, try RabbitMQWorker(try RabbitMQTestServer.settings(change)))
    } catch {
        await bus.close()
        throw error
    }
    await bus.close()
    try await running.value
}
