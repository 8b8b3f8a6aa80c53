// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Logging
import ServiceLifecycle
import Shared
import UnixSignals

/// Runs the parts of a program until SIGTERM or SIGINT, or until one of them fails; then stops all of them in order.
struct ServiceRunner {
    let assembly: ServiceAssembly
    let healthAddress: ListenAddress?
    let metrics: PrometheusMetrics
    let logger: Logger

    /// Returns after a stop that was asked for.
    ///
    /// - Throws: the first error of a service, after the others were stopped in order; it is in the log.
    func run() async throws {
        var services = assembly.services
        if let healthAddress {
            let server = HealthServer(
                address: healthAddress, metrics: metrics, readiness: assembly.readiness, logger: logger)
            // First to start and last to stop: until the end it says how things stand.
            services.insert(
                InterruptibleService(grace: .seconds(1), cancelsAtOnce: false) { try await server.run() }, at: 0)
        }
        // Last, so it is told first that the end has begun.
        services.append(ShutdownLimit(logger: logger))
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: services.map {
                    .init(service: LastingService($0), failureTerminationBehavior: .gracefullyShutdownGroup)
                },
                gracefulShutdownSignals: [.sigterm, .sigint], logger: logger.quiet))
        logger.log(.info, "started", [.version: "\(ProductVersion.text)"])
        do {
            try await group.run()
        } catch {
            logger.log(.error, "stopped because of an error", [.error: "\(error)"])
            throw error
        }
        logger.log(.info, "stopped")
    }
}
