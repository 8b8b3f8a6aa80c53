// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Logging
import ServiceHost
import ServiceLifecycle
import Shared

/// Keeps the bus connected for hints.
///
/// Hints are a courtesy: a broker that refuses us does not stop the Custodian.
struct HintConnection: Service {
    let bus: any MessageBus
    let logger: Logger

    /// Runs the bus until the stop begins; when the bus ends before, waits without it.
    func run() async throws {
        try await InterruptibleService(grace: .seconds(2)) {
            do {
                try await bus.run()
            } catch {
                logger.log(.error, "no hints can be sent any more", [.error: "\(error)"])
            }
            try? await gracefulShutdown()
        }.run()
    }
}
