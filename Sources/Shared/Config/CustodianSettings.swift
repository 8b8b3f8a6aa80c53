// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// All that a Custodian is told.
package struct CustodianSettings: ServiceSettings {
    /// Where the database is.
    package let database: DatabaseSettings
    /// Where the message bus is; `nil` = no hints are sent, which costs the Schedulers the wait for their refresh.
    package let bus: BusSettings?
    /// The time between two searches for locks of dead owners.
    package let cleanupInterval: Duration
    /// A lock whose owner was silent for so long is unlocked.
    package let heartbeatTimeout: Duration
    package let log: LogSettings
    package let healthAddress: ListenAddress?

    /// Reads the settings; their names and defaults are in docs/configuration.md.
    package init(from reader: inout SettingsReader) {
        database = DatabaseSettings(from: &reader)
        bus = BusSettings(from: &reader, isOptional: true)
        cleanupInterval = reader.duration(.cleanupInterval, default: 1000)
        heartbeatTimeout = reader.duration(.heartbeatTimeout, default: 15000)
        log = LogSettings(from: &reader)
        healthAddress = reader.healthAddress()
    }
}
