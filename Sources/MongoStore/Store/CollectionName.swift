// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// The collections (contract, section 4).
enum CollectionName {
    static let jobs = "jobs"
    static let runs = "runs"
    static let managers = "managers"
    static let deletions = "deletions"
}
