// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// Every metric of our programs: its name on the wire, and its help text.
///
/// To add one: a case here, its help below, a row in the table of docs/telemetry.md; then `Counter(.name)`,
/// `Gauge(.name)`, `Timer(.name)`.
package enum MetricName: String, CaseIterable, Sendable {
    case actionsConfirmed = "simple_scheduler_actions_confirmed_total"
    case actionsNacked = "simple_scheduler_actions_nacked_total"
    case actionsUnconfirmed = "simple_scheduler_actions_unconfirmed_total"
    case actionsUnpublished = "simple_scheduler_actions_unpublished"
    case actionsUnroutable = "simple_scheduler_actions_unroutable_total"
    case apiKeyFetches = "simple_scheduler_api_key_fetches_total"
    case apiRequests = "simple_scheduler_api_requests_total"
    case apiRequestTime = "simple_scheduler_api_request_seconds"
    case apiTokens = "simple_scheduler_api_tokens_total"
    case clockSkew = "simple_scheduler_clock_skew_seconds"
    case custodianSweepTime = "simple_scheduler_custodian_sweep_seconds"
    case custodianSweeps = "simple_scheduler_custodian_sweeps_total"
    case custodianUnlockedJobs = "simple_scheduler_custodian_unlocked_jobs_total"
    case deadLetters = "simple_scheduler_dead_letters_total"
    case fenceRejects = "simple_scheduler_fence_rejects_total"
    case fireLag = "simple_scheduler_fire_lag_seconds"
    case httpRequests = "simple_scheduler_http_requests_total"
    case httpRequestsInFlight = "simple_scheduler_http_requests_in_flight"
    case jobsHeld = "simple_scheduler_jobs_held"
    case jobsMalformed = "simple_scheduler_jobs_malformed"
    case jobsNotRemoved = "simple_scheduler_jobs_not_removed"
    case jobsRemoved = "simple_scheduler_jobs_removed_total"
    case leaseLosses = "simple_scheduler_lease_losses_total"
    case logLinesDropped = "simple_scheduler_log_lines_dropped_total"
    case runsPruned = "simple_scheduler_runs_pruned_total"
    case runsCreated = "simple_scheduler_runs_created_total"
    case runsRescued = "simple_scheduler_runs_rescued_total"
    case slotsSkipped = "simple_scheduler_slots_skipped_total"
    case storeErrors = "simple_scheduler_store_errors_total"
    case storeUp = "simple_scheduler_store_up"
    case workerMends = "simple_scheduler_worker_mends_total"
    case workerMessages = "simple_scheduler_worker_messages_total"

    /// One sentence for `# HELP`.
    package var help: String {
        switch self {
        case .actionsConfirmed: "Actions that the broker confirmed."
        case .actionsNacked: "Actions that the broker refused to take; they are published again."
        case .actionsUnconfirmed: "Actions whose confirm was lost or refused; they are published again."
        case .actionsUnpublished: "Actions in memory that wait for a confirm."
        case .actionsUnroutable: "Actions that the broker had no queue for; they are published again."
        case .apiKeyFetches: "Fetches of the issuer's keys, by outcome."
        case .apiRequests: "Requests to the API, by operation and status of the answer."
        case .apiRequestTime: "Time from the head of a request to the head of its answer."
        case .apiTokens: "Tokens that were looked at, by outcome."
        case .clockSkew: "How far this machine's clock is ahead of the database server's."
        case .custodianSweepTime: "Time that a search for jobs of dead owners took."
        case .custodianSweeps: "Searches for jobs of dead owners, by outcome."
        case .custodianUnlockedJobs: "Jobs that were unlocked because their owner was dead."
        case .deadLetters: "Messages from workers that could not be processed."
        case .fenceRejects: "Jobs that turned out to be lost or edited while they were being fired."
        case .fireLag: "How late after its slot a run was made."
        case .httpRequests: "Requests that runs were sent as, by what became of the attempt."
        case .httpRequestsInFlight: "Requests whose answer is waited for."
        case .jobsHeld: "Jobs that this instance holds."
        case .jobsMalformed: "Job documents that cannot be used."
        case .jobsNotRemoved: "Deleted jobs whose objects at the broker cannot be removed for now."
        case .jobsRemoved: "Deleted jobs whose runs have all ended and whose objects at the broker were removed."
        case .leaseLosses: "How often this instance was given up for dead and started over."
        case .logLinesDropped: "Log lines that standard error did not take."
        case .runsPruned: "Ended runs that were deleted because they were older than their job's retention."
        case .runsCreated: "Runs that were made for slots."
        case .runsRescued: "Runs that a deadline moved, by the status they got."
        case .slotsSkipped: "Slots that got no run, by reason."
        case .storeErrors: "Calls of the database that failed and are tried again."
        case .storeUp: "Whether the last contact with the database succeeded, 1 or 0."
        case .workerMends: "What was mended in messages from workers, or left out of them, by kind."
        case .workerMessages: "Messages from workers, by what became of them."
        }
    }
}
