// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

private import Dispatch
private import Glibc
import Logging
import ServiceLifecycle
import Shared

/// Ends the process when a stop takes longer than the contract allows.
///
/// A Dispatch timer and not a task: it fires even when every thread of the concurrency pool is stuck.
struct ShutdownLimit: Service {
    private let limit: Duration
    private let logger: Logger
    private let end: @Sendable () -> Void

    /// The default is 10 s in all, less what it takes to say so and go; `end` ends the process.
    init(
        limit: Duration = .milliseconds(9500), logger: Logger,
        end: @escaping @Sendable () -> Void = { _exit(ServiceExit.failure.rawValue) }
    ) {
        self.limit = limit
        self.logger = logger
        self.end = end
    }

    /// Waits for the stop to begin, starts the timer, and returns.
    func run() async throws {
        try? await gracefulShutdown()
        logger.log(.info, "stopping")
        let queue = DispatchQueue(label: "shutdown-limit", qos: .userInitiated)
        queue.asyncAfter(deadline: .now() + .milliseconds(Int(clamping: limit.milliseconds))) { [logger, end] in
            logger.log(.error, "could not stop in time; what was in flight is left to the next start")
            end()
        }
    }
}
