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
    /// 10 s in all, less what it takes to say so and go.
    static let limit = 9.5

    let logger: Logger

    /// Waits for the stop to begin, starts the timer, and returns.
    func run() async throws {
        try? await gracefulShutdown()
        logger.log(.info, "stopping")
        DispatchQueue(label: "shutdown-limit", qos: .userInitiated).asyncAfter(deadline: .now() + Self.limit) {
            [logger] in
            logger.log(.error, "could not stop in time; what was in flight is left to the next start")
            _exit(ServiceExit.failure.rawValue)
        }
    }
}
