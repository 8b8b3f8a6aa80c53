// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// What made a run; the raw values are those of documents and of the API.
package enum RunTrigger: String, Hashable, Sendable {
    /// A slot of the job. Only these take part in "one slot has at most one run".
    case schedule
    /// Somebody asked for it.
    case manual
}
