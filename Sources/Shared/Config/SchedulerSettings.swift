// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// All that a Scheduler is told.
package struct SchedulerSettings: ServiceSettings {
    /// Where the database is.
    package let database: DatabaseSettings
    /// Where the message bus is; `nil` = there is none, and jobs that need one are left alone.
    package let bus: BusSettings?
    /// What kind of queues are declared.
    package let queueType: QueueType
    /// The most jobs that this process holds; 0 = no limit.
    package let maxJobs: Int
    /// The time between two searches for stuck runs.
    package let cleanupInterval: Duration
    /// The time between two readings of what changed in the database.
    package let cacheRefreshInterval: Duration
    /// The time between two renewals of the lease; at most a third of the time-out, so that two may fail.
    package let heartbeatInterval: Duration
    /// A lease that was not renewed for so long is void.
    package let heartbeatTimeout: Duration
    /// What is said of runs that are requests.
    package let http: HTTPSettings
    /// Whether the events of the dialect `clockmonster` are published.
    package let hasClockMonsterEvents: Bool
    package let log: LogSettings
    package let healthAddress: ListenAddress?

    /// Reads the settings; their names and defaults are in docs/configuration.md.
    ///
    /// A heartbeat interval of more than a third of the time-out is cut to that third with a warning: the Go program's
    /// env files, which must go on working, hold such values.
    package init(from reader: inout SettingsReader) {
        database = DatabaseSettings(from: &reader)
        bus = BusSettings(from: &reader)
        queueType = reader.choice(.queueType, of: QueueType.self, default: .classic)
        maxJobs = reader.integer(.maxJobs, in: 0...10_000_000, default: 0)
        cleanupInterval = reader.duration(.cleanupInterval, default: 1000)
        cacheRefreshInterval = reader.duration(.cacheRefreshInterval, default: 5000)
        let interval = reader.duration(.heartbeatInterval, default: 1000)
        heartbeatTimeout = reader.duration(.heartbeatTimeout, default: 15000)
        let longest = Duration.milliseconds(max(1, heartbeatTimeout.milliseconds / 3))
        heartbeatInterval = min(interval, longest)
        if interval > longest {
            reader.warn(
                """
                \(SettingName.heartbeatInterval.rawValue)=\(interval.milliseconds) is more than a third of \
                \(SettingName.heartbeatTimeout.rawValue)=\(heartbeatTimeout.milliseconds); \
                \(longest.milliseconds) is used
                """)
        }
        http = HTTPSettings(from: &reader)
        hasClockMonsterEvents = reader.clockMonsterEvents()
        log = LogSettings(from: &reader)
        healthAddress = reader.healthAddress()
    }
}
