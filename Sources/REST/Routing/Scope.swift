// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// What a token must grant for an operation (contract, section 6).
package enum Scope: String, CaseIterable, Hashable, Sendable {
    case readJobs = "jobs:read"
    case writeJobs = "jobs:write"
    case readRuns = "runs:read"
    case writeRuns = "runs:write"
}
