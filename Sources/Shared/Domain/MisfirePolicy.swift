// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// What becomes of slots that were missed because nobody was there to fire them (contract, section 5).
///
/// The raw values are those of documents and of the API.
package enum MisfirePolicy: String, Hashable, Sendable, CaseIterable {
    /// One run, for the latest of them.
    case once
    /// None.
    case skip
    /// Each in order, the latest `maxCatchUp` of them.
    case all
}
