// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Logging
import ServiceLifecycle
import Shared
import Synchronization
import Testing

@testable import ServiceHost

@Suite(.timeLimit(.minutes(1)))
struct StoppingTests {
    private struct Failure: Error {}

    /// A service made of a closure.
    private struct Work: Service {
        let work: @Sendable () async throws -> Void
        func run() async throws { try await work() }
    }

    private let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// Runs services in a group that is told to stop once `started` has been finished.
    private func runAndStop(_ services: [any Service], after started: AsyncStream<Never>) async throws {
        let group = ServiceGroup(services: services, logger: logger)
        async let ended: Void = group.run()
        for await _ in started {}
        await group.triggerGracefulShutdown()
        try await ended
    }

    @Test func `work that does not end is abandoned`() async throws {
        let (started, start) = AsyncStream<Never>.makeStream()
        let (never, unused) = AsyncStream<Never>.makeStream()
        let wasCancelled = Mutex(false)
        let service = InterruptibleService(grace: .milliseconds(20)) {
            await withTaskCancellationHandler {
                start.finish()
                // A task that ignores its cancellation, as a blocking C call does.
                await Task { for await _ in never {} }.value
            } onCancel: {
                wasCancelled.withLock { $0 = true }
            }
        }
        try await runAndStop([service], after: started)
        #expect(wasCancelled.withLock { $0 })
        unused.finish()
    }

    @Test func `work that notices the stop itself is not cancelled`() async throws {
        let (started, start) = AsyncStream<Never>.makeStream()
        let wasCancelled = Mutex(true)
        let service = InterruptibleService(grace: .seconds(60), cancelsAtOnce: false) {
            start.finish()
            try await gracefulShutdown()
            wasCancelled.withLock { $0 = Task.isCancelled }
        }
        try await runAndStop([service], after: started)
        #expect(!wasCancelled.withLock { $0 })
    }

    @Test func `a failure of the work is a failure of the service`() async throws {
        let service = InterruptibleService(grace: .seconds(60)) { throw Failure() }
        await #expect(throws: Failure.self) { try await service.run() }
    }

    @Test func `a service that ends unasked is an error`() async throws {
        await #expect(throws: LastingService.EndedEarly.self) { try await LastingService(Work {}).run() }
    }

    @Test func `a stop that hangs is ended by force`() async throws {
        let (started, start) = AsyncStream<Never>.makeStream()
        let (release, expired) = AsyncStream<Never>.makeStream()
        let hanging = Work {
            start.finish()
            await Task { for await _ in release {} }.value
        }
        let limit = ShutdownLimit(limit: .milliseconds(20), logger: logger) { expired.finish() }
        // Without the limit the stop would never end: it is what releases the hanging service here.
        try await runAndStop([hanging, limit], after: started)
    }
}
