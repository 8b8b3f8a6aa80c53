// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Logging
import ServiceHost
import ServiceLifecycle
package import Shared

/// Serves the API on its address until the stop begins; then finishes what is in flight.
package struct APIServer: Service {
    private let address: ListenAddress
    private let responder: APIResponder
    private let limits: ConnectionLimits
    private let logger: Logger
    private let onListening: @Sendable (ListenAddress) -> Void

    /// `onListening` is told the address with the port that was taken.
    package init(
        _ parts: APIParts, address: ListenAddress, onListening: @escaping @Sendable (ListenAddress) -> Void = { _ in }
    ) {
        self.address = address
        self.onListening = onListening
        responder = APIResponder(parts)
        limits = parts.limits
        logger = parts.logger
    }

    /// Serves.
    ///
    /// - Throws: `InvalidSettings` when the address cannot be listened on.
    package func run() async throws {
        try await InterruptibleService(grace: .seconds(5), cancelsAtOnce: false) { try await serve() }.run()
    }

    private func serve() async throws {
        let server = WebServer(
            responder, address: address, setting: .apiURL, limits: limits, wording: { Answer.wording(of: $0) },
            logger: logger)
        try await server.serve { [logger, onListening] bound in
            logger.log(.info, "serving the API", [.address: "\(bound)"])
            onListening(bound)
        }
    }
}
