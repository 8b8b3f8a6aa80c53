// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

private import Dispatch
import ServiceLifecycle

/// Runs something that may be left in the middle: cancelled when the stop begins, abandoned when it does not end then.
///
/// For work whose every step is atomic elsewhere (an update in the database), so that a server that does not answer
/// cannot hold up a clean stop.
package struct InterruptibleService: Service {
    private let grace: Duration
    private let work: @Sendable () async throws -> Void

    /// Wraps `work`; it has `grace` to end after it was cancelled, before it is abandoned.
    package init(grace: Duration, work: @escaping @Sendable () async throws -> Void) {
        self.grace = grace
        self.work = work
    }

    /// Runs the work; returns when it ends, or `grace` after the stop began.
    ///
    /// - Throws: what the work throws, unless the stop has begun.
    package func run() async throws {
        let (end, ended) = AsyncThrowingStream<Never, any Error>.makeStream()
        let task = Task { [work] in
            do {
                try await work()
                ended.finish()
            } catch {
                ended.finish(throwing: Task.isCancelled ? nil : error)
            }
        }
        defer { task.cancel() }
        try await withGracefulShutdownHandler {
            for try await _ in end {}
        } onGracefulShutdown: { [grace] in
            task.cancel()
            let seconds = Double(grace.components.seconds) + Double(grace.components.attoseconds) / 1e18
            DispatchQueue.global().asyncAfter(deadline: .now() + seconds) { ended.finish() }
        }
    }
}
