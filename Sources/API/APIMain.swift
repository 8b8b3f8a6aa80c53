// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import ArgumentParser
import Logging
import MongoStore
import RabbitMQBus
import ServiceHost
import ServiceLifecycle
import Shared

@main
struct APIMain: ServiceCommand {
    static let programName = "simple-scheduler-api"
    static let abstract = "Serves the REST API, for bearers of tokens of an OpenID provider."

    @OptionGroup var options: ServiceOptions

    static func assemble(_ settings: APISettings, logger: Logger) throws -> ServiceAssembly {
        let store = try MongoAdminStore(settings.database, applicationName: programName, logger: logger)
        let bus = try RabbitMQBus(settings.bus, queueType: .classic, logger: logger)
        let clock = ClusterClock()
        let watch = StoreWatch(store: store, clock: clock, logger: logger)
        let hints = HintSender(bus: bus, logger: logger)
        let readiness: @Sendable () async -> [ReadinessCheck] = {
            let isConnected = await bus.state().isConnected
            let detail = isConnected ? "connected" : "not connected; changes take effect at the next refresh"
            return [watch.readiness, ReadinessCheck("messagebus", isOK: true, detail: detail)]
        }
        var parts = APIParts(
            store: store, verifier: NoVerifier(), clock: clock, hints: hints, readiness: readiness, logger: logger)
        parts.rateLimit = settings.rateLimit
        parts.origins = settings.origins
        parts.heartbeatTimeout = settings.heartbeatTimeout
        return ServiceAssembly(
            services: [hints, watch, APIServer(parts, address: settings.address)], readiness: readiness)
    }
}

/// Stands in until there is a verifier.
private struct NoVerifier: TokenVerifier {
    func verify(_ token: String) async throws(TokenError) -> Principal { throw .issuerUnavailable }
}
