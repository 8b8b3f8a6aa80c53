// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import ArgumentParser
import Drivers
import HTTPSink
import Logging
import OIDC
import REST
import ServiceHost
import ServiceLifecycle
import Shared

@main
struct APIMain: ServiceCommand {
    static let programName = "simple-scheduler-api"
    static let abstract = "Serves the REST API, for bearers of tokens of an OpenID provider."

    @OptionGroup var options: ServiceOptions

    func assemble(_ settings: APISettings, logger: Logger) throws -> ServiceAssembly {
        let store = try Drivers.adminStore(settings.database, applicationName: Self.programName, logger: logger)
        let bus = try Drivers.bus(settings.bus, onlyAnnounces: true, logger: logger)
        let clock = ClusterClock()
        // Settings without one are at fault already.
        guard let issuer = settings.issuer else {
            throw InvalidSettings([SettingFault(.oidcIssuer, expected: IssuerURL.expected)])
        }
        let tokens = TokenService(issuer: issuer, audience: settings.audience, logger: logger)
        let verifier = try StaticTokens.reading(settings.tokensFile, before: tokens.verifier, logger: logger)
        let watch = StoreWatch(store: store, clock: clock, logger: logger)
        let hints = HintSender(bus: bus)
        let readiness: @Sendable () async -> [ReadinessCheck] = {
            let isConnected = await bus.state().isConnected
            let connection = settings.bus == nil ? "there is none" : "connected"
            let detail = isConnected ? connection : "not connected; changes take effect at the next refresh"
            return [watch.readiness, tokens.readiness, ReadinessCheck("messagebus", isOK: true, detail: detail)]
        }
        var parts = APIParts(
            store: store, verifier: verifier, clock: clock, hints: hints, readiness: readiness, logger: logger)
        parts.hasBus = settings.bus != nil
        parts.addressRules = settings.http.rules
        let requests = try HTTPRequestSink(settings.http)
        parts.requests = requests
        parts.rateLimit = settings.rateLimit
        parts.origins = settings.origins
        parts.heartbeatTimeout = settings.heartbeatTimeout
        parts.dialects = settings.dialects
        parts.dialectTokens = try DialectTokens.reading(settings.dialectTokensFile, logger: logger)
        var services: [any Service] = []
        if settings.hasClockMonsterEvents, settings.bus != nil {
            let events = ClockMonsterEvents(sink: bus, clock: clock, logger: logger)
            parts.clockMonsterEvents = events
            services.append(InterruptibleService(grace: .zero) { await events.run() })
        }
        // Stopped last, when no request of the API needs it any more.
        let closer = InterruptibleService(grace: .seconds(3), cancelsAtOnce: false) {
            try? await gracefulShutdown()
            await requests.close()
        }
        services = [closer, hints, watch, tokens] + services + [APIServer(parts, address: settings.address)]
        return ServiceAssembly(services: services, readiness: readiness)
    }
}
