// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// How the runs of a job of the dialect `clockmonster` are sent, tried again and given up (contract, section 12), in the place of what
/// section 9 says.
///
/// | attempts of a run that have failed | what follows |
/// |---|---|
/// | n, up to the length of ``backoff`` | another one, after the n-th entry |
/// | one more | the dead letter at once, if there is one; else the run has failed |
///
/// The dead letter is an attempt of the run itself, so it is stored before it is sent, and sent again under the same id by whoever takes
/// the job over. With the run the job ends.
package struct ClockMonsterTerms: Hashable, Sendable {
    /// Where a request goes, and what it is signed with.
    package struct Action: Hashable, Sendable {
        package var delivery: HTTPDelivery
        /// The key, in UTF-8; `nil` = it is not signed.
        package var signingSecret: Secret?

        package init(delivery: HTTPDelivery, signingSecret: Secret?) {
            self.delivery = delivery
            self.signingSecret = signingSecret
        }
    }

    /// In seconds, unless somebody says otherwise.
    package static let defaultBackoff: [Int64] = [1, 2, 4, 16, 32, 64]
    /// The most entries of a backoff list.
    package static let longestBackoff = 900

    /// The job's number for its clients, below 2^53.
    package let id: Int64
    /// The first slot.
    package let startAt: Timestamp
    /// How many runs there are to be; -1 = any number, 0 = it is a job of one run.
    package let iterations: Int64
    /// In seconds.
    package let backoff: [Int64]
    /// What the job's own requests are signed with; their address is the job's delivery.
    package let signingSecret: Secret?
    package let deadLetter: Action?

    package init(
        id: Int64, startAt: Timestamp, iterations: Int64 = 0, backoff: [Int64] = defaultBackoff,
        signingSecret: Secret? = nil, deadLetter: Action? = nil
    ) {
        self.id = id
        self.startAt = startAt
        self.iterations = iterations
        self.backoff = backoff
        self.signingSecret = signingSecret
        self.deadLetter = deadLetter
    }

    /// Whether the job has slots for ever.
    package var isEndless: Bool { iterations < 0 }

    /// How many attempts of a run have failed; those that were lost with a Scheduler do not count.
    package static func failures(of run: Run) -> Int {
        let ended = run.status.isFinal ? run.attempt : run.attempt - 1
        return ended - run.attempts.count { $0.status != .failed && $0.attempt <= ended }
    }

    /// Whether the current attempt of a run that has not ended is the dead letter.
    package func isDeadLetter(_ run: Run) -> Bool { deadLetter != nil && Self.failures(of: run) > backoff.count }

    /// How long after its latest attempt, which has failed and is noted as such, a run is to be tried again; `nil` = it has failed.
    package func wait(afterFailureOf run: Run) -> Duration? {
        let failures = Self.failures(of: run)
        guard failures > 0, failures <= backoff.count else {
            return failures == backoff.count + 1 && deadLetter != nil ? .zero : nil
        }
        return .seconds(backoff[failures - 1])
    }

    var storedJSON: JSONValue {
        var members: [String: JSONValue] = [
            "id": .int(id), "startAt": .int(startAt.millisecondsSinceEpoch), "iterations": .int(iterations),
            "backoff": .array(backoff.map { .int($0) }),
        ]
        members["signingSecret"] = signingSecret.map { .string($0.secretText) }
        if let deadLetter {
            var letter: [String: JSONValue] = ["delivery": JobDelivery.http(deadLetter.delivery).storedJSON]
            letter["signingSecret"] = deadLetter.signingSecret.map { .string($0.secretText) }
            members["deadLetter"] = .object(letter)
        }
        return .object(members)
    }

    init?(stored members: [String: JSONValue]) {
        guard let id = members.number("id"), let startAt = members.time("startAt"),
            let iterations = members.number("iterations"), case .array(let list)? = members["backoff"]
        else { return nil }
        let backoff = list.compactMap { FieldValue.json($0).wholeNumber }
        guard backoff.count == list.count, backoff.allSatisfy({ (0...Self.longestWait).contains($0) }) else {
            return nil
        }
        var deadLetter: Action?
        if let value = members["deadLetter"] {
            guard case .object(let letter) = value, let json = letter["delivery"] else { return nil }
            var reader = JobReader(from: .document)
            guard let http = reader.delivery("", .json(json))?.http, reader.faults.isEmpty else { return nil }
            deadLetter = Action(delivery: http, signingSecret: Self.secret(letter["signingSecret"]))
        }
        self.init(
            id: id, startAt: startAt, iterations: iterations, backoff: backoff,
            signingSecret: Self.secret(members["signingSecret"]), deadLetter: deadLetter)
    }

    /// The longest wait, in seconds.
    package static let longestWait = JobField.longestSpan / 1_000

    private static func secret(_ value: JSONValue?) -> Secret? {
        if case .string(let text)? = value { Secret(text) } else { nil }
    }
}

/// What makes a request one of the dialect `clockmonster`.
package struct ClockMonsterCall: Hashable, Sendable {
    /// The job's number.
    package let id: Int64
    /// What it is signed with; `nil` = it is not.
    package let signingSecret: Secret?
    /// Whether it says that the job is given up: then nobody minds what comes of it.
    package let isDeadLetter: Bool

    package init(id: Int64, signingSecret: Secret?, isDeadLetter: Bool) {
        self.id = id
        self.signingSecret = signingSecret
        self.isDeadLetter = isDeadLetter
    }
}

extension Job {
    /// Where the current attempt of a run goes, and in which dialect; `nil` for a job whose runs leave otherwise.
    package func request(of run: Run) -> (delivery: HTTPDelivery, call: ClockMonsterCall?)? {
        guard let http = delivery.http else { return nil }
        guard let terms = clockMonster else { return (http, nil) }
        if let letter = terms.deadLetter, terms.isDeadLetter(run) {
            return (
                letter.delivery,
                ClockMonsterCall(id: terms.id, signingSecret: letter.signingSecret, isDeadLetter: true)
            )
        }
        return (http, ClockMonsterCall(id: terms.id, signingSecret: terms.signingSecret, isDeadLetter: false))
    }
}
