// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import ArgumentParser
import Core
import Drivers
import Logging
import ServiceHost
import ServiceLifecycle
import Shared

@main
struct CustodianMain: ServiceCommand {
    static let programName = "simple-scheduler-custodian"
    static let abstract =
        "Unlocks the jobs of Scheduler instances that died without doing it themselves, and prunes old runs."

    @OptionGroup var options: ServiceOptions

    func assemble(_ settings: CustodianSettings, logger: Logger) throws -> ServiceAssembly {
        let store = try Drivers.schedulerStore(settings.database, applicationName: Self.programName, logger: logger)
        let bus = try settings.bus.map { try Drivers.bus($0, onlyAnnounces: true, logger: logger) }
        let unlocker = JobUnlocker(
            store: store, bus: bus, clock: SystemClock(), cleanupInterval: settings.cleanupInterval,
            heartbeatTimeout: settings.heartbeatTimeout, logger: logger)
        let pruner = RunPruner(
            store: store, clock: SystemClock(), cleanupInterval: settings.cleanupInterval, logger: logger)
        var services: [any Service] = []
        if let bus { services.append(HintSender(bus: bus)) }
        // One service, so that both get the same few seconds for their end.
        services.append(
            InterruptibleService(grace: .seconds(5)) {
                async let pruning: Void = pruner.run()
                try await unlocker.run()
                try await pruning
            })
        return ServiceAssembly(services: services) { await unlocker.readiness() }
    }
}
