// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// The collections (docs/database.md).
enum CollectionName {
    static let jobs = "jobs"
    static let runs = "runs"
    static let managers = "managers"
    static let deletions = "deletions"
    static let idempotency = "idempotency"
}
