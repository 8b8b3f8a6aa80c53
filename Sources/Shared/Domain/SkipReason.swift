// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// Why a slot has no run; the raw values are those of documents, metrics labels and the API.
package enum SkipReason: String, Hashable, Sendable, CaseIterable {
    /// Nobody was there to fire it in time, and the misfire policy chose another slot.
    case misfire
    /// As many runs as `maxQueueCount` were already pending.
    case queueFull
    /// The job was disabled when it fell due.
    case disabled
    /// It had been reached and was not fired yet when an edit took it out of the schedule.
    case edited
}
