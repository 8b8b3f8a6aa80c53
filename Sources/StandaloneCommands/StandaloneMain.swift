// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import ArgumentParser
import Core
import Drivers
import Foundation
import HTTPSink
package import Logging
import OIDC
import REST
import SQLStore
package import ServiceHost
import ServiceLifecycle
package import Shared

/// Everything in one process.
package struct StandaloneMain: ServiceCommand {
    package static let programName = "simple-scheduler-standalone"
    package static let abstract = "Scheduler, Custodian and API in one process, with its data in a file."

    package static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: programName, abstract: abstract,
            discussion: """
                Other commands, each with --help:
                  \(programName) backup FILE    copies the data while it runs
                  \(programName) restore FILE   puts a backup in the place of the data
                  \(programName) check          looks the data through
                  \(programName) promote URI    moves everything into a MongoDB database
                """,
            version: "\(programName) \(ProductVersion.text)")
    }

    @OptionGroup package var options: ServiceOptions
    @OptionGroup var place: DataOptions

    @Option(help: "The port of the API instead of that in SIMPLE_SCHEDULER_API_URL; 0 takes a free one.")
    var port: UInt16?

    @Flag(help: "Open the page in a browser.")
    var open = false

    @Flag(help: "Print the address only, and log warnings and errors only.")
    var quiet = false

    package init() {}

    package func adjust(_ settings: inout StandaloneSettings) throws(InvalidSettings) {
        try settings.apply(port: port.map { Int($0) }, isQuiet: quiet)
        _ = try place.folder()
    }

    package func assemble(_ settings: StandaloneSettings, logger: Logger) throws -> ServiceAssembly {
        let requests = try HTTPRequestSink(settings.scheduler.http)
        guard !options.check else {
            // A data folder belongs to the process that serves; a server's driver says what it refuses, and contacts nothing.
            if case .mongoDB = settings.scheduler.database.place {
                _ = try stores(settings.scheduler.database, logger)
            }
            _ = try StaticTokens.reading(settings.api.tokensFile, before: NoTokens(), logger: logger)
            _ = try DialectTokens.reading(settings.api.dialectTokensFile, logger: logger)
            return ServiceAssembly(services: []) { [] }
        }
        let (store, admin, file) = try stores(settings.scheduler.database, logger)
        let bus = try Drivers.bus(settings.scheduler.bus, queueType: settings.scheduler.queueType, logger: logger)
        let clock = ClusterClock()
        var random = SystemRandomNumberGenerator()
        let ids = IdentifierGenerator(random: &random)
        let events =
            settings.api.hasClockMonsterEvents && settings.scheduler.bus != nil
            ? ClockMonsterEvents(sink: bus, clock: clock, logger: logger) : nil
        let environment = EngineEnvironment(
            settings: EngineSettings(settings.scheduler), clockMonsterEvents: events, logger: logger)
        let engine = SchedulerEngine(
            environment, store: store, bus: bus, requests: requests, ids: ids,
            managerID: ManagerID(ids.next(at: SystemClock().now())),
            hostname: ProcessInfo.processInfo.hostName, wallClock: SystemClock().now)
        let watch = StoreWatch(store: admin, clock: clock, logger: logger)
        let hints = HintSender(announcer: ProcessHints(engine: engine, bus: bus))
        // In the order of dependency; the engine is stopped first, the store closed last.
        var services: [any Service] = [closer(store), watch, hints, custodian(settings, store, bus, logger)]

        let tokens = settings.api.issuer.map {
            TokenService(issuer: $0, audience: settings.api.audience, logger: logger)
        }
        if let tokens { services.append(tokens) }
        let readiness: @Sendable () async -> [ReadinessCheck] = {
            await engine.readiness() + [watch.readiness] + (tokens.map { [$0.readiness] } ?? [])
        }
        let folder = try place.folder()
        let owner =
            tokens == nil ? OwnerDoor(token: try OwnerToken(in: folder), clock: clock, facts: readiness) : nil
        let first: any TokenVerifier =
            if let tokens { tokens.verifier } else if let owner { owner } else { NoTokens() }
        let verifier = try StaticTokens.reading(settings.api.tokensFile, before: first, logger: logger)
        var parts = APIParts(
            store: admin, verifier: verifier, clock: clock, hints: hints, readiness: readiness, logger: logger)
        parts.hasBus = settings.scheduler.bus != nil
        parts.addressRules = settings.api.http.rules
        parts.requests = requests
        parts.owner = owner
        parts.rateLimit = settings.api.rateLimit
        parts.origins = settings.api.origins
        parts.heartbeatTimeout = settings.api.heartbeatTimeout
        parts.dialects = settings.api.dialects
        parts.dialectTokens = try DialectTokens.reading(settings.api.dialectTokensFile, logger: logger)
        parts.clockMonsterEvents = events
        let greeting = Greeting(
            folder: folder, linkTarget: owner?.linkTarget, hasBus: parts.hasBus, isQuiet: quiet, opensBrowser: open)
        services.append(APIServer(parts, address: settings.api.address) { greeting.say(at: $0) })
        let firing = Firing(engine)
        if let file { services.append(CareDesk(store: file, path: file.path, firing: firing, logger: logger)) }
        services.append(self.firing(firing, requests, file, logger))
        services.append(
            InterruptibleService(grace: .zero) {
                try await Task.sleep(for: .seconds(2))
                ProgramPages.giveBack()
                try await gracefulShutdown()
            })
        return ServiceAssembly(services: services, readiness: readiness)
    }

    private func stores(
        _ settings: DatabaseSettings, _ logger: Logger
    ) throws -> (any SchedulerStore & Housekeeping, any AdminStore, RelationalStore?) {
        switch settings.place {
        case .sqlite(let path):
            let file = try Drivers.file(try place.path(of: path))
            return (file, file, file)
        case .mongoDB:
            let name = Self.programName
            return (
                try Drivers.schedulerStore(settings, applicationName: name, logger: logger),
                try Drivers.adminStore(settings, applicationName: name, logger: logger), nil
            )
        }
    }

    private func firing(
        _ firing: Firing, _ requests: HTTPRequestSink, _ file: RelationalStore?, _ logger: Logger
    ) -> any Service {
        InterruptibleService(grace: .seconds(9), cancelsAtOnce: false) {
            if let file { await Self.takeOver(file, logger) }
            try await requests.closing { try await firing.run() }
            // It may have ended for a move: the process ends when that is done.
            try? await gracefulShutdown()
        }
    }

    /// Unlocks what an earlier process has left locked: this one has the folder, so that one is dead, whatever its lease says.
    ///
    /// What cannot be done now is left to the Custodian, who waits for the end of the lease.
    private static func takeOver(_ file: RelationalStore, _ logger: Logger) async {
        var count = 0
        while let names = try? await file.unlockJobsOfDeadOwners(silentSince: .latest), !names.isEmpty {
            count += names.count
        }
        if count > 0 { logger.log(.notice, "unlocked jobs of a process that has died", [.count: "\(count)"]) }
    }

    private func custodian(
        _ settings: StandaloneSettings, _ store: any SchedulerStore & Housekeeping, _ bus: any SchedulerBus,
        _ logger: Logger
    ) -> any Service {
        let unlocker = JobUnlocker(
            store: store, bus: settings.scheduler.bus == nil ? nil : bus, clock: SystemClock(),
            cleanupInterval: settings.scheduler.cleanupInterval, heartbeatTimeout: settings.scheduler.heartbeatTimeout,
            logger: logger)
        let pruner = RunPruner(
            store: store, clock: SystemClock(), cleanupInterval: settings.scheduler.cleanupInterval, logger: logger)
        return InterruptibleService(grace: .seconds(5)) {
            async let pruning: Void = pruner.run()
            try await unlocker.run()
            try await pruning
        }
    }

    private func closer(_ store: any SchedulerStore) -> any Service {
        InterruptibleService(grace: .seconds(3), cancelsAtOnce: false) {
            try? await gracefulShutdown()
            await store.close()
        }
    }
}

/// Hints within the process, and to others where there is a bus.
private struct ProcessHints: HintAnnouncer {
    let engine: SchedulerEngine
    let bus: any SchedulerBus

    func announce(_ hint: ControlHint) async {
        await engine.take(hint)
        await bus.announce(hint)
    }
}

/// Knows no token.
private struct NoTokens: TokenVerifier {
    func verify(_ token: String) async throws(TokenError) -> Principal { throw .unknownToken }
}
