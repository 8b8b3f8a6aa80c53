// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// What marks have in common that can be stored by one update of many runs.
struct MarkGroup: Hashable {
    private let action: RunAction
    private let attempt: Int
    private let publishedAt: Timestamp
    private let deadline: Timestamp?

    init(_ mark: PublishedMark) {
        action = mark.action
        attempt = mark.attempt
        publishedAt = mark.publishedAt
        deadline = mark.deadline
    }

    /// Those of `ids` whose document still calls for the action.
    func filter(_ ids: [RunID]) -> BSONFields {
        let status: RunStatus =
            switch action {
            case .run: .pending
            case .cancel: .cancelling
            }
        return [
            "_id": Guards.isOneOf(ids), "status": .string(status.rawValue),
            "attempt": Guards.equal(Int64(attempt), missing: 1), "publishedAt": .null, "waiting": ["$ne": true],
            "retryAt": .null,
        ]
    }

    var change: BSONFields {
        guard let deadline else {
            return ["$set": ["publishedAt": .date(publishedAt)], "$unset": ["deadline": 1]]
        }
        return ["$set": ["publishedAt": .date(publishedAt), "deadline": .date(deadline)]]
    }
}
