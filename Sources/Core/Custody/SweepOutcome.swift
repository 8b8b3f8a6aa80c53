// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// How one search for the jobs of dead owners ended; the raw values are those of the metric's label.
package enum SweepOutcome: String, CaseIterable, Sendable {
    /// Everything that was to be unlocked is.
    case done
    /// Nobody was unlocked, because live owners may not have had the time to renew since an outage.
    case held
    /// The database failed; what had been unlocked before stays so.
    case failed
}
