// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

private import AddressGuard
package import Hummingbird
import Shared

/// Tries deliveries out.
package struct DeliveriesController: Sendable {
    /// How many are tried at a time: each may take as long as its time-out.
    private static let places = 16
    /// The job that is tried, as templates see it.
    private static let name = try? JobName("test")

    private let sink: (any RequestSink)?
    private let clock: any EngineClock
    private let addressRules: AddressRules
    private let ids: IdentifierGenerator
    private let limiter = ConcurrencyLimiter(places: Self.places)

    /// Without ``APIParts/requests`` nothing can be tried.
    package init(_ parts: APIParts) {
        sink = parts.requests
        clock = parts.clock
        addressRules = parts.addressRules
        var random = SystemRandomNumberGenerator()
        ids = IdentifierGenerator(random: &random)
    }

    /// `POST /api/deliveries/test`: sends one request now, as a job's delivery would, and tells what was seen.
    ///
    /// It stands for the first attempt at a run that somebody asked for, of a job named `test`. Whatever comes of it, the answer is
    /// 200; nothing is stored.
    package func test(_ call: APICall) async throws(Problem) -> Response {
        var request = try request(from: try await BodyReader.object(call))
        guard let sink else {
            throw Problem(.serviceUnavailable, "this API sends no requests")
        }
        guard limiter.enter() else {
            throw .later(.serviceUnavailable, "too many deliveries are being tried", seconds: 5)
        }
        defer { limiter.leave() }
        request.sentAt = clock.now()
        var json = JSONWriter()
        json.write(await Self.end(of: request, sink).json)
        return Answer.json(json)
    }

    private func request(from body: [String: JSONValue]) throws(Problem) -> RunRequest {
        var fields = JobReader(from: .json)
        for (name, value) in body.sorted(by: { $0.key < $1.key }) {
            switch name {
            case "delivery": fields.read(.delivery, .json(value))
            case "payload": fields.read(.payload, .json(value))
            default: fields.add(FieldFault.shown(name), "is not a field of this request; known: delivery, payload")
            }
        }
        if body["delivery"] == nil { fields.add("delivery", "is missing") }
        let job = fields.finish(Self.name)
        if let job, job.delivery.http == nil { fields.add("delivery", "is none that can be tried; expected http") }
        if let fault = job?.deliveryFault(hasBus: true, rules: addressRules) { fields.add(fault.field, fault.problem) }
        guard let job, let http = job.delivery.http, fields.faults.isEmpty else { throw .invalid(fields.faults) }
        let now = clock.now()
        let message = ActionMessage(
            jobName: job.name, runID: RunID(ids.next(at: now)), action: .run, attempt: 1, scheduledTime: nil,
            payload: job.payload, decidedAt: now)
        return RunRequest(message: message, slot: now, delivery: http)
    }

    private static func end(of request: RunRequest, _ sink: any RequestSink) async -> RequestEnd {
        let limit = request.delivery.timeout
        return await withTaskGroup(of: (isSink: Bool, end: RequestEnd).self) { group in
            group.addTask { (true, await sink.send(request)) }
            group.addTask {
                try? await SystemClock().sleep(for: limit)
                return (false, RequestEnd(outcome: .timeout(after: limit)))
            }
            var end = RequestEnd(outcome: .timeout(after: limit))
            guard let first = await group.next() else { return end }
            group.cancelAll()
            end = first.end
            // Broken off, it still knows how far it came.
            if !first.isSink { for await other in group where other.isSink { end.seen = other.end.seen } }
            return end
        }
    }
}

extension RequestEnd {
    /// As the API tells it: `error` where a run's attempt would have failed.
    fileprivate var json: JSONValue {
        var members: [String: JSONValue] = [:]
        if case .object(let seen) = seen.json { members = seen }
        switch outcome {
        case .failure(let reason): members["error"] = .string(reason)
        case .answer(let answer):
            members["status"] = .int(Int64(answer.status))
            if !(200..<300 ~= answer.status) { members["error"] = .string(answer.error) }
            members["result"] = answer.result
            var headers: [String: String] = [:]
            for header in answer.headers {
                let name = header.name.lowercased()
                headers[name] = headers[name].map { "\($0), \(header.value)" } ?? header.value
            }
            members["headers"] = .object(headers.mapValues { .string($0) })
        }
        return .object(members)
    }
}
