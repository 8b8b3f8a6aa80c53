// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import CoreMetrics
import Shared

/// The engine's figures; docs/telemetry.md says what each means and what to do about it.
package struct EngineMetrics: Sendable {
    /// What is counted; the raw value is the middle of the metric's name.
    enum Event: String, CaseIterable {
        case runsCreated = "runs_created"
        case actionsConfirmed = "actions_confirmed"
        case actionsUnroutable = "actions_unroutable"
        case actionsUnconfirmed = "actions_unconfirmed"
        case deadLetters = "dead_letters"
        case fenceRejects = "fence_rejects"
        case storeErrors = "store_errors"
        case leaseLosses = "lease_losses"
    }

    /// What goes up and down; the raw value is the end of the metric's name.
    enum Level: String, CaseIterable {
        case jobsHeld = "jobs_held"
        case jobsMalformed = "jobs_malformed"
        case actionsUnpublished = "actions_unpublished"
    }

    private let events: [Event: Counter]
    private let levels: [Level: Gauge]
    private let lag = Timer(label: "simple_scheduler_fire_lag_seconds")
    private let skips: [SkipReason: Counter]
    private let reports: [RunReport.Verdict: Counter]
    private let rescues: [RunStatus: Counter]

    /// Registers the figures with the process's metrics system, which must be set up before.
    package init() {
        events = Dictionary(
            uniqueKeysWithValues: Event.allCases.map {
                ($0, Counter(label: "simple_scheduler_\($0.rawValue)_total"))
            })
        levels = Dictionary(
            uniqueKeysWithValues: Level.allCases.map { ($0, Gauge(label: "simple_scheduler_\($0.rawValue)")) })
        skips = Self.counters("slots_skipped", "reason", SkipReason.allCases)
        reports = Self.counters("worker_messages", "outcome", RunReport.Verdict.allCases)
        rescues = Self.counters("runs_rescued", "to", RunStatus.allCases)
    }

    func count(_ event: Event, by amount: Int = 1) { events[event]?.increment(by: amount) }

    func set(_ level: Level, to value: Int) { levels[level]?.record(value) }

    func fired(late lateness: Duration) { lag.recordNanoseconds(lateness.milliseconds * 1_000_000) }

    func skipped(_ skip: SlotSkip) { skips[skip.reason]?.increment(by: skip.count) }

    func reported(_ verdict: RunReport.Verdict) { reports[verdict]?.increment() }

    func rescued(to status: RunStatus) { rescues[status]?.increment() }

    private static func counters<Value: RawRepresentable & Hashable>(
        _ name: String, _ dimension: String, _ values: [Value]
    ) -> [Value: Counter] where Value.RawValue == String {
        Dictionary(
            uniqueKeysWithValues: values.map {
                ($0, Counter(label: "simple_scheduler_\(name)_total", dimensions: [(dimension, $0.rawValue)]))
            })
    }
}
