// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Core
package import Hummingbird
import ServiceHost
package import Shared
import Synchronization

/// Takes in what the receivers of requests report after a 202 (contract, section 9).
package final class CallbacksController: Sendable {
    private let store: any AdminStore
    private let intake: CallbackIntake
    private let addresses = Mutex<CallbackAddresses?>(nil)

    package init(_ parts: APIParts) {
        store = parts.store
        intake = CallbackIntake(store: parts.store, clock: parts.clock) { [store] name throws(StoreError) in
            try await store.job(named: name, withFields: false)?.job
        } changed: { [hints = parts.hints] name in
            hints.jobChanged(name)
        }
    }

    /// `POST /api/callbacks/{attempt}/status` and `/heartbeat`: 204, or 404 for an address that we have not made or whose attempt is
    /// over.
    package func report(_ call: APICall, _ kind: Delivery.Kind) async throws(Problem) -> Response {
        guard let (run, attempt) = try await addresses().attempt(call.values.first ?? "") else { throw Self.isOver }
        let known = try await stored { () async throws(StoreError) in try await intake.run(run, attempt: attempt) }
        guard let known else { throw Self.isOver }
        let body = try await BodyReader.bytes(call, ofAnyType: true)
        let message = try Self.message(body, kind, of: run, attempt: attempt, job: known.jobName)
        let verdict = try await stored { () async throws(StoreError) in try await intake.take(message, known: known) }
        switch verdict {
        case .taken: return Answer.empty(.noContent)
        case .over: throw Self.isOver
        case .notAllowed(let status):
            var problem = Problem(.conflict, "the run cannot get there: it is \(status.rawValue)")
            problem.members = [("runStatus", .string(status.rawValue))]
            throw problem
        case .rejected(let reason): throw Problem(.unprocessableContent, "this cannot be stored: \(reason)")
        }
    }

    private static let isOver = Problem(.notFound, "there is no attempt under way at this address")

    /// What is left out or mended where a worker says it is an error here, for the sender hears of it; only a long error is cut.
    private static func message(
        _ body: [UInt8], _ kind: Delivery.Kind, of run: RunID, attempt: Int, job: JobName
    ) throws(Problem) -> WorkerMessage {
        let message: WorkerMessage
        do throws(MalformedMessage) {
            message = try WorkerMessage(callback: body, kind, of: run, attempt: attempt, job: job)
        } catch {
            throw Problem(.unprocessableContent, "the report cannot be understood: \(error.reason)")
        }
        let notes = message.notes.filter { $0.mend != .size || $0.field != "error" }
        if notes.contains(where: { $0.mend == .size }) {
            throw Problem(.contentTooLarge, "result is larger than 64 KiB as JSON")
        }
        if !notes.isEmpty { throw .invalid(notes.map { FieldFault($0.field, $0.outcome) }) }
        return message
    }

    private func addresses() async throws(Problem) -> CallbackAddresses {
        if let addresses = addresses.withLock(\.self) { return addresses }
        let key = try await stored { () async throws(StoreError) in
            try await store.callbackKey(orElse: CallbackKey())
        }
        let made = CallbackAddresses("", key)
        addresses.withLock { $0 = made }
        return made
    }
}
