// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Logging
private import MongoStore
private import RabbitMQBus
package import Shared

/// Opens what stands behind the ports, by the scheme of its address, which `DatabaseSettings.Driver` and
/// `BusSettings.Driver` map to a driver: the only place that imports one.
///
/// Nothing is contacted yet; a server that is not there shows at the first verb.
package enum Drivers {
    /// The store of Schedulers and Custodians.
    ///
    /// - Throws: `InvalidSettings` when the driver cannot use the address; the fault does not repeat it.
    package static func schedulerStore(
        _ settings: DatabaseSettings, applicationName: String, logger: Logger
    ) throws(InvalidSettings) -> any SchedulerStore & Housekeeping {
        do throws(StoreError) {
            switch settings.driver {
            case .mongoDB:
                return try MongoSchedulerStore(
                    connectionString: settings.connectionString.secretText, databaseName: settings.name,
                    applicationName: applicationName, logger: logger)
            }
        } catch {
            throw unusable(error)
        }
    }

    /// The API's store.
    ///
    /// - Throws: `InvalidSettings` when the driver cannot use the address; the fault does not repeat it.
    package static func adminStore(
        _ settings: DatabaseSettings, applicationName: String, logger: Logger
    ) throws(InvalidSettings) -> any AdminStore {
        do throws(StoreError) {
            switch settings.driver {
            case .mongoDB:
                return try MongoAdminStore(
                    connectionString: settings.connectionString.secretText, databaseName: settings.name,
                    applicationName: applicationName, logger: logger)
            }
        } catch {
            throw unusable(error)
        }
    }

    /// The bus; `queueType` is that of the queues it declares, `onlyAnnounces` is for programs that publish hints alone.
    ///
    /// - Throws: `InvalidSettings` when the address cannot be read; the fault does not repeat it.
    package static func bus(
        _ settings: BusSettings, queueType: QueueType = .classic, onlyAnnounces: Bool = false, logger: Logger
    ) throws(InvalidSettings) -> any SchedulerBus {
        switch settings.driver {
        case .rabbitMQ:
            try RabbitMQBus(settings, queueType: queueType, onlyAnnounces: onlyAnnounces, logger: logger)
        }
    }

    private static func unusable(_ error: StoreError) -> InvalidSettings {
        InvalidSettings([
            SettingFault(.databaseConnectionString, expected: "a usable connection string; \(error.description)")
        ])
    }
}
