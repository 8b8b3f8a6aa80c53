// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Logging
package import Shared

extension MongoSchedulerStore {
    /// The store that the settings name, not contacted yet.
    ///
    /// - Throws: `InvalidSettings` when the driver cannot use the connection string; the fault does not repeat it.
    package convenience init(
        _ settings: DatabaseSettings, applicationName: String, logger: Logger
    ) throws(InvalidSettings) {
        do throws(StoreError) {
            try self.init(
                connectionString: settings.connectionString.secretText, databaseName: settings.name,
                applicationName: applicationName, logger: logger)
        } catch {
            throw .unusableConnectionString(error)
        }
    }
}

extension InvalidSettings {
    /// The driver's refusal of the connection string.
    static func unusableConnectionString(_ error: StoreError) -> InvalidSettings {
        InvalidSettings([
            SettingFault(.databaseConnectionString, expected: "a usable connection string; \(error.description)")
        ])
    }
}
