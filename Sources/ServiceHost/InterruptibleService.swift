// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

private import Dispatch
import ServiceLifecycle
private import Shared

/// Runs something that may be left in the middle: a server that does not answer cannot hold up a clean stop.
///
/// For work whose every step is atomic elsewhere (an update in the database), or that nobody waits for.
package struct InterruptibleService: Service {
    private let grace: Duration
    private let cancelsAtOnce: Bool
    private let work: @Sendable () async throws -> Void

    /// Wraps `work`, which is abandoned when it has not ended `grace` after the stop began.
    ///
    /// It is cancelled when the stop begins; or, where `cancelsAtOnce` is false because it notices the stop itself, when
    /// it is abandoned.
    package init(grace: Duration, cancelsAtOnce: Bool = true, work: @escaping @Sendable () async throws -> Void) {
        self.grace = grace
        self.cancelsAtOnce = cancelsAtOnce
        self.work = work
    }

    /// Runs the work; returns when it ends, or `grace` after the stop began.
    ///
    /// - Throws: what the work throws, unless it was cancelled.
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
        } onGracefulShutdown: { [grace, cancelsAtOnce] in
            if cancelsAtOnce { task.cancel() }
            let milliseconds = Int(clamping: grace.milliseconds)
            DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(milliseconds)) { ended.finish() }
        }
    }
}
