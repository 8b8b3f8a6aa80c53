// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// One call of publish: its messages, their outcomes so far, and the caller that waits for the last.
///
/// Confined to the thread of the publishing connection.
final class PublishBatch {
    let requests: [PublishRequest]
    /// What is open by then is reported as unconfirmed.
    let deadline: ContinuousClock.Instant
    private var outcomes: [PublishOutcome?]
    private var open: Int
    private let completion: ([PublishOutcome]) -> Void

    /// `requests` is not empty; `completion` is called once.
    init(
        _ requests: [PublishRequest], deadline: ContinuousClock.Instant,
        completion: @escaping ([PublishOutcome]) -> Void
    ) {
        self.requests = requests
        self.deadline = deadline
        self.completion = completion
        outcomes = Array(repeating: nil, count: requests.count)
        open = requests.count
    }

    var isDone: Bool { open == 0 }

    /// Notes an outcome; the first one of a message stands.
    func resolve(_ index: Int, _ outcome: PublishOutcome) {
        guard outcomes[index] == nil else { return }
        outcomes[index] = outcome
        open -= 1
        if open == 0 { completion(outcomes.compactMap { $0 }) }
    }

    /// Reports everything that is open as unconfirmed.
    func expire() {
        for index in outcomes.indices { resolve(index, .unconfirmed) }
    }

    /// One message of a batch.
    struct Ticket {
        let batch: PublishBatch
        let index: Int

        var request: PublishRequest { batch.requests[index] }

        func resolve(_ outcome: PublishOutcome) {
            batch.resolve(index, outcome)
        }
    }
}

/// A message and what must be declared before it can be published.
struct PublishRequest {
    let subject: TopologySubject
    let message: OutboundMessage
}
