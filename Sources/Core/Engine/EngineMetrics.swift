// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import CoreMetrics
import Shared
import Synchronization

/// The engine's figures; docs/telemetry.md says what each means and what to do about it.
package struct EngineMetrics: Sendable {
    private let counters: [MetricName: Counter]
    private let gauges: [MetricName: Gauge]
    private let lag = Timer(.fireLag)
    private let skew = Gauge(.clockSkew)
    private let isOff = Flag()
    private let skips = SkipCounters()
    private let reports: [RunReport.Verdict: Counter]
    private let mends: [Mend: Counter]
    private let rescues: [RunStatus: Counter]
    private let requests: [RunStatus: Counter]

    /// Registers the figures with the process's metrics system, which must be set up before.
    package init() {
        let counted: [MetricName] = [
            .actionsConfirmed, .actionsNacked, .actionsUnconfirmed, .actionsUnroutable, .deadLetters, .fenceRejects,
            .jobsRemoved,
            .leaseLosses,
            .runsCreated, .storeErrors,
        ]
        counters = Dictionary(uniqueKeysWithValues: counted.map { ($0, Counter($0)) })
        let gauged: [MetricName] = [
            .actionsUnpublished, .httpRequestsInFlight, .jobsHeld, .jobsMalformed, .jobsNotRemoved,
        ]
        gauges = Dictionary(uniqueKeysWithValues: gauged.map { ($0, Gauge($0)) })
        reports = Self.counters(.workerMessages, .outcome)
        mends = Self.counters(.workerMends, .kind)
        rescues = Self.counters(.runsRescued, .to)
        requests = Dictionary(
            uniqueKeysWithValues: RunStatus.ended.map { ($0, Counter(.httpRequests, MetricDimension(.outcome, $0))) })
    }

    func count(_ name: MetricName, by amount: Int = 1) { counters[name]?.increment(by: amount) }

    func set(_ name: MetricName, to value: Int) { gauges[name]?.record(value) }

    /// A slot may be from any century.
    func fired(late lateness: Duration) {
        let (nanoseconds, isOver) = lateness.milliseconds.multipliedReportingOverflow(by: 1_000_000)
        lag.recordNanoseconds(isOver ? (lateness < .zero ? .min : .max) : nanoseconds)
    }

    /// Records by how much the machine's clock is ahead.
    ///
    /// Gives whether it was off by 250 ms or more the last time, too.
    func noteSkew(_ ahead: Duration) -> Bool {
        skew.record(Double(ahead.milliseconds) / 1000)
        return isOff.value.exchange(abs(ahead.milliseconds) >= 250, ordering: .relaxed)
    }

    func skipped(_ skip: SlotSkip) { skips.count(skip) }

    func reported(_ verdict: RunReport.Verdict) { reports[verdict]?.increment() }

    func mended(_ note: MessageNote) { mends[note.mend]?.increment() }

    func rescued(to status: RunStatus) { rescues[status]?.increment() }

    func requested(_ status: RunStatus) { requests[status]?.increment() }

    private final class Flag: Sendable {
        let value = Atomic(false)
    }

    private static func counters<Value: RawRepresentable<String> & CaseIterable & Hashable>(
        _ name: MetricName, _ label: MetricLabel
    ) -> [Value: Counter] {
        Dictionary(uniqueKeysWithValues: Value.allCases.map { ($0, Counter(name, MetricDimension(label, $0))) })
    }
}
