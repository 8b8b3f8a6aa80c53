// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// Every metric of our programs: its name on the wire, and its help text.
///
/// To add one: a case here, its help below, a row in the table of docs/telemetry.md; then `Counter(.name)`, `Gauge(.name)`, `Timer(.name)`.
package enum MetricName: String, CaseIterable, Sendable {
    case custodianSweeps = "simple_scheduler_custodian_sweeps_total"
    case custodianSweepTime = "simple_scheduler_custodian_sweep_seconds"
    case custodianUnlockedJobs = "simple_scheduler_custodian_unlocked_jobs_total"
    case logLinesDropped = "simple_scheduler_log_lines_dropped_total"
    case storeUp = "simple_scheduler_store_up"

    /// One sentence for `# HELP`.
    package var help: String {
        switch self {
        case .custodianSweeps: "Searches for jobs of dead owners, by outcome."
        case .custodianSweepTime: "Time that a search for jobs of dead owners took."
        case .custodianUnlockedJobs: "Jobs that were unlocked because their owner was dead."
        case .logLinesDropped: "Log lines that standard error did not take."
        case .storeUp: "Whether the last contact with the database succeeded, 1 or 0."
        }
    }
}
