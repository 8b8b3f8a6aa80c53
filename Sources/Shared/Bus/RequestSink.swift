// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// The way out for runs that are requests.
package protocol RequestSink: Sendable {
    /// Sends one request and brings what came of it; takes as long as it takes.
    ///
    /// Any number of calls may be under way at once. When the task is cancelled, as it is at the delivery's time-out, the
    /// request is broken off at once, and of what is given then only what was seen means something.
    func send(_ request: RunRequest) async -> RequestEnd
}

/// How many requests one Scheduler has in flight.
package struct RequestLimits: Hashable, Sendable {
    /// In all; at least 1.
    package let inFlight: Int
    /// To one host and port, as they are written; at least 1.
    package let perHost: Int

    /// The contract's defaults, unless others are given.
    package init(inFlight: Int = 512, perHost: Int = 32) {
        self.inFlight = inFlight
        self.perHost = perHost
    }
}

/// The request of one attempt at a run.
package struct RunRequest: Hashable, Sendable {
    /// What a worker would get.
    package let message: ActionMessage
    /// The run's slot; of a run that somebody asked for, when it was made.
    package let slot: Timestamp
    /// The job's, for the local times of templates.
    package let zone: ZoneRules
    /// Where to, and how.
    package let delivery: HTTPDelivery
    /// Where its receiver may report after a 202 (contract, section 9): set by whoever sends it, for runs of jobs; a secret, since
    /// whoever knows it may report.
    package var callback: Secret?
    /// What makes it one of the dialect `clockmonster`; `nil` = it is ours.
    package let call: ClockMonsterCall?
    /// When it is sent, which its signatures cover: set by whoever sends it.
    package var sentAt: Timestamp

    package init(
        message: ActionMessage, slot: Timestamp, zone: ZoneRules = .utc, delivery: HTTPDelivery,
        call: ClockMonsterCall? = nil
    ) {
        self.call = call
        self.message = message
        self.slot = slot
        self.zone = zone
        self.delivery = delivery
        sentAt = message.decidedAt
    }

    /// What its templates are rendered with.
    package var values: TemplateValues { TemplateValues(message, slot: slot, zone: zone) }
}

/// What came of a request, and how.
package struct RequestEnd: Hashable, Sendable {
    package var outcome: RequestOutcome
    /// What was seen on the way, for the history of the run.
    package var seen: HTTPAttempt

    package init(outcome: RequestOutcome, seen: HTTPAttempt = HTTPAttempt()) {
        self.outcome = outcome
        self.seen = seen
    }
}

/// What came of a request.
package enum RequestOutcome: Hashable, Sendable {
    case answer(RequestAnswer)
    /// No whole answer; why, in one line that is safe to show.
    case failure(String)

    /// The delivery's time-out has passed.
    package static func timeout(after limit: Duration) -> RequestOutcome {
        let milliseconds = limit.milliseconds
        return .failure(
            milliseconds % 1_000 == 0
                ? "timeout after \(milliseconds / 1_000) s" : "timeout after \(Double(milliseconds) / 1_000) s")
    }
}

/// The answer to a request.
package struct RequestAnswer: Hashable, Sendable {
    /// How much of a body is read; what comes after it is cut off.
    package static let longestBody = WorkerMessage.maximumResultSize

    /// One of the answer's headers, as it was sent.
    package struct Header: Hashable, Sendable {
        package let name: String
        package let value: String

        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    package let status: Int
    /// In the order of the answer.
    package var headers: [Header] = []
    package var contentType: String?
    /// The field `Retry-After`, as it came.
    package var retryAfter: String?
    /// At most ``longestBody``.
    package var body: [UInt8]
    /// Whether there was more.
    package var isCut = false
    /// How long the whole body is, as far as the answer says.
    package var length: Int?

    package init(status: Int, contentType: String? = nil, body: [UInt8] = []) {
        self.status = status
        self.contentType = contentType
        self.body = body
    }
}
