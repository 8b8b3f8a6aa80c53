// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Logging
import NIOCore
import ServiceLifecycle
import Shared

/// Serves `/livez`, `/readyz` and `/metrics` to an operator's machinery, without authentication: for an address that
/// only that machinery reaches.
struct HealthServer: Service {
    let address: ListenAddress
    let metrics: PrometheusMetrics
    let readiness: @Sendable () async -> [ReadinessCheck]
    let logger: Logger

    /// Serves until the task is cancelled or the stop begins.
    ///
    /// - Throws: `InvalidSettings` when the address cannot be listened on.
    func run() async throws {
        var limits = ConnectionLimits()
        limits.idle = .seconds(30)
        limits.connections = 64
        let server = WebServer(
            HealthResponder(metrics: metrics, readiness: readiness), address: address, setting: .healthAddress,
            limits: limits, wording: { HealthResponder.wording(of: $0) }, logger: logger)
        try await server.serve { [logger] bound in
            logger.log(.info, "serving health and metrics", [.address: "\(bound)"])
        }
    }
}
