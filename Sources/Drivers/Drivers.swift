// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Logging
private import MongoStore
private import RabbitMQBus
package import SQLStore
package import Shared

/// Opens what stands behind the ports, as the settings name it: the only place that imports a driver.
///
/// A server is not contacted yet; one that is not there shows at the first verb. A file is opened, and taken.
package enum Drivers {
    /// The store of Schedulers and Custodians.
    ///
    /// - Throws: `InvalidSettings` when the driver cannot use the address; the fault does not repeat it.
    package static func schedulerStore(
        _ settings: DatabaseSettings, applicationName: String, logger: Logger
    ) throws(InvalidSettings) -> any SchedulerStore & Housekeeping {
        switch settings.place {
        case .mongoDB(let address):
            do throws(StoreError) {
                return try MongoSchedulerStore(
                    connectionString: address.secretText, databaseName: settings.name,
                    applicationName: applicationName, logger: logger)
            } catch {
                throw unusable(error.description)
            }
        case .sqlite(let path): return try file(path)
        }
    }

    /// The API's store.
    ///
    /// - Throws: `InvalidSettings` when the driver cannot use the address; the fault does not repeat it.
    package static func adminStore(
        _ settings: DatabaseSettings, applicationName: String, logger: Logger
    ) throws(InvalidSettings) -> any AdminStore {
        switch settings.place {
        case .mongoDB(let address):
            do throws(StoreError) {
                return try MongoAdminStore(
                    connectionString: address.secretText, databaseName: settings.name,
                    applicationName: applicationName, logger: logger)
            } catch {
                throw unusable(error.description)
            }
        case .sqlite(let path): return try file(path)
        }
    }

    /// The store in a file, which has all roles; the folder of the file is taken for this process.
    ///
    /// - Throws: `InvalidSettings` when it cannot be used; the fault says what to do.
    package static func file(_ path: String) throws(InvalidSettings) -> RelationalStore {
        do throws(UnusableDatabase) {
            return try RelationalStore(path: path)
        } catch {
            throw unusable(error.description)
        }
    }

    /// What takes the data of a file in, on a server.
    ///
    /// - Throws: `rejected` when the driver cannot use the address or the name; the reason does not repeat the address.
    package static func intake(
        _ address: ConnectionString, database: String, applicationName: String, logger: Logger
    ) throws(StoreError) -> any StoreIntake {
        try MongoIntake(
            connectionString: address.secretText, databaseName: database, applicationName: applicationName,
            logger: logger)
    }

    /// The bus, or one over which nothing goes where there is none; `queueType` is that of the queues it declares,
    /// `onlyAnnounces` is for programs that publish hints and events alone.
    ///
    /// - Throws: `InvalidSettings` when the address cannot be read; the fault does not repeat it.
    package static func bus(
        _ settings: BusSettings?, queueType: QueueType = .classic, onlyAnnounces: Bool = false, logger: Logger
    ) throws(InvalidSettings) -> any SchedulerBus {
        guard let settings else { return NoBus() }
        return try RabbitMQBus(settings, queueType: queueType, onlyAnnounces: onlyAnnounces, logger: logger)
    }

    private static func unusable(_ reason: String) -> InvalidSettings {
        InvalidSettings([SettingFault(.databaseConnectionString, expected: "a usable database; \(reason)")])
    }
}
