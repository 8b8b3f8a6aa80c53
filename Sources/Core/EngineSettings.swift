// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import AddressGuard
package import Shared

/// What the engine lets itself be told, and its fixed numbers.
///
/// Durations unless said otherwise.
package struct EngineSettings: Sendable {
    /// How often the lease is renewed and the server's clock is read.
    package var heartbeatInterval: Duration = .seconds(1)
    /// How long a lease counts as alive; the instance itself stops after two thirds of it.
    package var heartbeatTimeout: Duration = .seconds(15)
    /// How often the jobs are read again.
    package var refreshInterval: Duration = .seconds(5)
    /// How often runs whose deadline has passed are looked for.
    package var cleanupInterval: Duration = .seconds(1)
    /// The most jobs to hold; 0 = no limit.
    package var maxJobs = 0
    /// Whether there is a message bus; without one the jobs that need it are left alone.
    package var hasBus = true
    /// Where requests may go; jobs that send theirs elsewhere are left alone.
    package var addressRules = AddressRules()
    /// How many requests are in flight.
    package var requests = RequestLimits()
    /// Where receivers reach the API; `nil` = none can report.
    package var publicURL: String?

    /// The most slots or runs that go through as one batch.
    package var batchSize = 500
    /// The most messages of workers that are stored as one batch.
    package var reportBatchSize = 2_000
    /// The most slots of one job in one batch.
    package var maxSlotsPerJob = 100
    /// About how many runs one batch makes at most; each job gets at least one slot.
    package var maxRunsPerBatch = 2_000
    /// How many batches of actions may wait for confirms at once.
    package var publishers = 4
    /// How long confirmed actions are gathered before they are marked, when they are few: to the database one mark costs
    /// about as much as a hundred, and nobody waits for it.
    package var markGathering: Duration = .milliseconds(20)
    /// With more unpublished actions than this in memory, firing pauses until the broker has taken some.
    package var maxUnpublished = 10_000
    /// When a run that was stored but not published is looked at again: longer than an ordinary publish takes.
    package var publishTimeout: Duration = .seconds(30)
    /// How long a slot may be late without counting as missed, where this instance came new to the job.
    package var lateTolerance: Duration = .seconds(2)
    /// How long messages that waited for us are given to come in before a time-out that they may answer is acted on.
    package var ingestGrace: Duration = .seconds(2)
    /// How long a process may be held up and still bring a deleted job's objects back when it goes on.
    package var longestPause: Duration = .seconds(10)
    /// After this, the removal of a deleted job's objects that somebody has not finished is taken over: longer than any call
    /// of the broker.
    package var removalTime: Duration = .seconds(30)
    /// How long a silent `cancelling` run of a job without a heartbeat time-out is waited for (contract, section 5).
    package var cancelSilence: Duration = .seconds(60)

    /// The contract's defaults.
    package init() {}

    /// How late a slot may be without counting as missed, where its owner died or was held up: as long as a fail-over takes.
    package var failoverTolerance: Duration { heartbeatTimeout + refreshInterval + lateTolerance }
}

extension EngineSettings {
    /// What the program's settings say of the engine.
    package init(_ settings: SchedulerSettings) {
        self.init()
        heartbeatInterval = settings.heartbeatInterval
        heartbeatTimeout = settings.heartbeatTimeout
        refreshInterval = settings.cacheRefreshInterval
        cleanupInterval = settings.cleanupInterval
        maxJobs = settings.maxJobs
        hasBus = settings.bus != nil
        addressRules = settings.http.rules
        requests = settings.http.limits
        publicURL = settings.http.publicURL
    }
}
