// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared

extension EngineSettings {
    /// What the program's settings say of the engine.
    package init(_ settings: SchedulerSettings) {
        self.init()
        heartbeatInterval = settings.heartbeatInterval
        heartbeatTimeout = settings.heartbeatTimeout
        refreshInterval = settings.cacheRefreshInterval
        cleanupInterval = settings.cleanupInterval
        maxJobs = settings.maxJobs
    }
}
