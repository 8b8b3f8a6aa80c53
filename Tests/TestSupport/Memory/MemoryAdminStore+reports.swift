// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared

extension MemoryAdminStore {
    package func runs(_ ids: [RunID]) async throws(StoreError) -> [Run] {
        try with { state in ids.compactMap { state.runs[$0] }.map { Run($0) } }
    }

    package func update(_ updates: [RunUpdate]) async throws(StoreError) -> [RunUpdateOutcome] {
        try with { state in
            updates.map { update in
                intrude(&state)
                guard let stored = state.runs[update.before.id], stored.status == update.before.status,
                    stored.attempt == update.before.attempt, stored.revision == update.before.revision
                else { return .conflict }
                state.runs[update.before.id] = RunRecord(update.stored)
                return .applied
            }
        }
    }

    package func callbackKey(orElse fresh: CallbackKey) async throws(StoreError) -> CallbackKey {
        try with { state in
            let key = state.callbackKey ?? fresh
            state.callbackKey = key
            return key
        }
    }
}

extension Run {
    /// What a record has of it.
    fileprivate init(_ record: RunRecord) {
        self.init(
            id: record.id, jobName: record.jobName, createdTime: record.createdTime,
            scheduledTime: record.scheduledTime, trigger: record.trigger, isWaiting: record.isWaiting)
        status = record.status
        attempt = record.attempt
        startTime = record.startTime
        endTime = record.endTime
        heartbeat = record.heartbeat
        progress = record.progress
        error = record.error
        result = record.result
        retryAt = record.retryAt
        attempts = record.attempts
        revision = record.revision
        publishedAt = record.isPublished ? record.createdTime : nil
    }
}
