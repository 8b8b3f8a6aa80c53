// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// A job's definition as its owner works with it (contract, section 5).
///
/// A value: editing it stores nothing.
package struct Job: Hashable, Sendable {
    /// The key; immutable.
    package internal(set) var name: JobName
    /// A disabled job is not fired; its runs in flight go on.
    package var isEnabled: Bool
    /// When its slots are.
    package var schedule: Schedule { didSet { anchorIfNone() } }
    /// The next slot to fire; `nil` for a one-shot that is done.
    package var nextRunAt: Timestamp? { didSet { anchorIfNone() } }
    /// Running longer than this is cancelled; zero = never.
    package var runExecutionTimeout: Duration
    /// Pending (published) longer than this is cancelled; zero = never.
    package var runStartTimeout: Duration
    /// Running and silent longer than this is started again; zero = never.
    package var heartbeatTimeout: Duration
    /// The most runs that may be pending; zero = no limit.
    package var maxQueueCount: Int
    /// Whether a run may be published while another of the job is active.
    package var allowsConcurrentRuns: Bool
    /// Sent with each action of a run; `nil` = none.
    package var payload: JSONValue?
    /// What becomes of missed slots.
    package var misfirePolicy = MisfirePolicy.once
    /// The most missed slots that the policy `all` makes up for, at least 1.
    package var maxCatchUp = 100
    /// How often a run is tried before it stays failed, at least 1.
    package var maxAttempts = 1
    /// How long a failed run waits for its next attempt.
    package var retryBackoff = RetryBackoff()
    /// How its runs leave.
    package var delivery = JobDelivery.worker
    /// No slot is before this.
    package var startAt: Timestamp?
    /// No slot is after this.
    package var endAt: Timestamp?
    /// How long after its slot a run is fired at most: a stable offset per slot.
    package var jitter = Duration.zero
    /// For people.
    package var description: String?
    /// For people, to filter by; see ``JobLabel``.
    package var labels: [String: String] = [:]
    /// Ended runs older than this are pruned; zero = never.
    package var retention = Duration.zero
    /// What the dialect that made it keeps with it; `nil` for jobs of the API.
    ///
    /// Internal.
    package var dialect: JobDialect?
    /// The fields that need not be shown where they have their default, have it, and were given nevertheless.
    package internal(set) var statedDefaults: Set<JobField> = []

    /// A job of defaults alone, which stands for no other.
    package static let blank = Job(name: JobName(trusted: "unnamed"), schedule: .once, nextRunAt: nil)

    /// The durations are not negative.
    package init(
        name: JobName, isEnabled: Bool = true, schedule: Schedule, nextRunAt: Timestamp?,
        runExecutionTimeout: Duration = .zero, runStartTimeout: Duration = .zero, heartbeatTimeout: Duration = .zero,
        maxQueueCount: Int = 0, allowsConcurrentRuns: Bool = false, payload: JSONValue? = nil
    ) {
        self.name = name
        self.isEnabled = isEnabled
        self.schedule = schedule
        self.nextRunAt = nextRunAt
        self.runExecutionTimeout = runExecutionTimeout
        self.runStartTimeout = runStartTimeout
        self.heartbeatTimeout = heartbeatTimeout
        self.maxQueueCount = maxQueueCount
        self.allowsConcurrentRuns = allowsConcurrentRuns
        self.payload = payload
        anchorIfNone()
    }

    /// From slot to slot; zero where something else says when they are.
    ///
    /// Set to zero it leaves no more than one slot.
    package internal(set) var interval: Duration {
        get { if case .every(let interval) = schedule { interval } else { .zero } }
        set { schedule = newValue > .zero ? .every(newValue) : .once }
    }

    /// What the slots of a ``Schedule/calendar(_:)`` are counted from: the `nextRunAt` that was set last, not where the job has
    /// come to since; `nil` for other schedules, and as long as there was no `nextRunAt`.
    package internal(set) var anchor: Timestamp? {
        get { if case .calendar(let calendar) = schedule { calendar.anchor } else { nil } }
        set {
            guard case .calendar(var calendar) = schedule else { return }
            calendar.anchor = newValue
            schedule = .calendar(calendar)
        }
    }

    private mutating func anchorIfNone() {
        if let nextRunAt, case .calendar(let calendar) = schedule, calendar.anchor == nil { anchor = nextRunAt }
    }

    /// Whether its runs must be counted before one more may be made or published.
    package var isLimited: Bool { !allowsConcurrentRuns || maxQueueCount > 0 }
}
