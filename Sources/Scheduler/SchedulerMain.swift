// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import ArgumentParser
import Core
import Drivers
import Foundation
import HTTPSink
import Logging
import ServiceHost
import ServiceLifecycle
import Shared

@main
struct SchedulerMain: ServiceCommand {
    static let programName = "simple-scheduler"
    static let abstract = "Fires the runs of jobs on time and watches over them until they end."

    @OptionGroup var options: ServiceOptions

    func assemble(_ settings: SchedulerSettings, logger: Logger) throws -> ServiceAssembly {
        let store = try Drivers.schedulerStore(settings.database, applicationName: Self.programName, logger: logger)
        let bus = try Drivers.bus(settings.bus, queueType: settings.queueType, logger: logger)
        let requests = try HTTPRequestSink(settings.http)
        var random = SystemRandomNumberGenerator()
        let ids = IdentifierGenerator(random: &random)
        let clock = ClusterClock()
        let events =
            settings.hasClockMonsterEvents && settings.bus != nil
            ? ClockMonsterEvents(sink: bus, clock: clock, logger: logger) : nil
        let environment = EngineEnvironment(
            settings: EngineSettings(settings), clock: clock, clockMonsterEvents: events, logger: logger)
        let engine = SchedulerEngine(
            environment, store: store, bus: bus, requests: requests, ids: ids,
            managerID: ManagerID(ids.next(at: SystemClock().now())),
            hostname: ProcessInfo.processInfo.hostName,
            wallClock: SystemClock().now)
        let service = InterruptibleService(grace: .seconds(9), cancelsAtOnce: false) {
            try await requests.closing {
                try await withGracefulShutdownHandler {
                    try await engine.run()
                } onGracefulShutdown: {
                    engine.stop()
                }
            }
            await store.close()
        }
        return ServiceAssembly(services: [service]) { await engine.readiness() }
    }
}
