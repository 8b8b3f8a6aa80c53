// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Core
import Shared
import TestSupport
import Testing

@Suite struct CallbackTests {
    private let now = Sample.start + .seconds(5)
    private let settings = EngineSettings()

    private func http(heartbeat: Duration = .zero, attempts: Int = 1) -> Job {
        Sample.job {
            $0.delivery = .http(HTTPDelivery(url: "http://h/"))
            $0.heartbeatTimeout = heartbeat
            $0.maxAttempts = attempts
        }
    }

    private func accepted(_ change: (inout Run) -> Void = { _ in }) -> Run {
        Sample.run {
            $0.status = .running
            $0.startTime = Sample.start
            $0.isByHTTP = true
            $0.accepted = HTTPAttempt { ["status": .int(202)][$0] }
            change(&$0)
        }
    }

    // MARK: Addresses

    @Test func `an address belongs to one attempt, and only what was made with the key is one`() throws {
        let addresses = CallbackAddresses("https://s.example/base", CallbackKey())
        let run = RunID(Identifier(high: 0xabc, low: 1))
        let address = addresses.address(of: run, attempt: 7)
        #expect("\(address)" == "***")
        #expect(address == addresses.address(of: run, attempt: 7))
        #expect(address.secretText.hasPrefix("https://s.example/base/api/callbacks/\(run).7."))
        let part = try #require(address.secretText.split(separator: "/").last.map { String($0) })
        let read = try #require(addresses.attempt(part))
        #expect(read == (run, 7))
        #expect(CallbackAddresses("", CallbackKey()).attempt(part) == nil)
        let code = try #require(part.split(separator: ".").last)
        for forged in [
            "", ".", "..", part + ".", "." + part, String(part.dropLast()), part + "A", "\(run).8.\(code)",
            "\(run).07.\(code)", "\(Sample.run(2).id).7.\(code)", "\(run)".uppercased() + ".7.\(code)",
            "\(run).7.", "\(run).7.\(String(repeating: "A", count: 43))", "\(run).7.%00",
            String(repeating: ".", count: 9_000),
        ] {
            #expect(addresses.attempt(forged) == nil, "\(forged.prefix(80))")
        }
    }

    @Test func `a key is read back, and nothing else is one`() {
        let key = CallbackKey()
        #expect(CallbackKey(hex: key.hex.secretText) == key && CallbackKey() != key)
        #expect(CallbackKey(hex: "") == nil && CallbackKey(hex: String(repeating: "g", count: 64)) == nil)
    }

    // MARK: What a 202 does

    @Test func `a 202 leaves the run with its receiver where it can report, and fails the attempt where not`() {
        let end = RequestEnd(
            outcome: .answer(RequestAnswer(status: 202)), seen: HTTPAttempt { ["status": .int(202)][$0] })
        let request = ActionMessage(
            jobName: Sample.run().jobName, runID: Sample.run().id, action: .run, attempt: 1, scheduledTime: nil,
            payload: nil, decidedAt: Sample.start)
        let failed = end.report(of: request, lockEpoch: 1, now: now)
        #expect(failed.content == .status(.failed) && failed.mayRetry)
        #expect(failed.error?.contains("SIMPLE_SCHEDULER_PUBLIC_URL") == true)
        let report = end.report(of: request, lockEpoch: 1, hasCallback: true, now: now)
        #expect(report.content == .accepted && report.error == nil)
        var run = accepted { $0.accepted = nil }
        let job = http(heartbeat: .seconds(20))
        #expect(RunReport.apply(report, to: &run, job: job, now: now, settings: settings) == .applied)
        #expect(run.status == .running && run.accepted?.status == 202 && run.heartbeat == now)
        #expect(run.deadline == now + .seconds(20))
        var ended = Sample.run { $0.status = .completed }
        #expect(RunReport.apply(report, to: &ended, job: job, now: now, settings: settings) == .notAllowed)
    }

    @Test func `an accepted run outlives its Scheduler and its request, and is lost by silence alone`() {
        let late = Sample.start + .seconds(3_600)
        let free = RunRescue.of(accepted(), job: http(), now: late, settings: settings)
        #expect(free.status == .running && free.deadline == nil)
        let bound = http(heartbeat: .seconds(20))
        let lost = RunRescue.of(accepted(), job: bound, now: late, settings: settings)
        #expect(lost.status == .pending && lost.attempt == 2 && lost.accepted == nil && !lost.isByHTTP)
        #expect(lost.attempts.map(\.status) == [.lost] && lost.attempts[0].http?.status == 202)
        let alive = accepted { $0.heartbeat = late - .seconds(1) }
        #expect(RunRescue.of(alive, job: bound, now: late, settings: settings).status == .running)
    }

    @Test func `only a receiver that has the run is told to stop`() throws {
        let owned = OwnedJob(job: http(), managerID: ManagerID(.zero), lockEpoch: 1)
        func cancel(_ run: Run, _ owned: OwnedJob) -> PendingAction? {
            var run = run
            run.status = .cancelling
            return PendingAction(run, of: owned, now: now, settings: settings)
        }
        let told = try #require(cancel(accepted(), owned))
        #expect(told.outlet == .requests && told.request?.message.action == .cancel)
        #expect(told.cancelDeadline == now - .seconds(5) + settings.cancelSilence)
        let brokenOff = try #require(cancel(accepted { $0.accepted = nil }, owned))
        #expect(brokenOff.outlet == .requests && brokenOff.request == nil)
        // Where the job delivers otherwise by now, there is nowhere to send it.
        let moved = OwnedJob(job: Sample.job(), managerID: ManagerID(.zero), lockEpoch: 1)
        let silent = try #require(cancel(accepted(), moved))
        #expect(silent.outlet == .requests && silent.request == nil)
    }

    // MARK: Reports

    private struct Door {
        let store = MemoryStore(now: { Sample.start })
        let intake: CallbackIntake

        init(_ job: Job?, _ run: Run) {
            store.put([run])
            intake = CallbackIntake(store: store, clock: SettableClock(now: Sample.start + .seconds(9))) { _ in
                job
            } changed: { _ in
            }
        }

        func report(
            _ body: String, _ kind: Delivery.Kind = .status, attempt: Int = 1
        ) async throws -> CallbackIntake.Verdict {
            let run = Sample.run()
            return try await intake.take(
                try WorkerMessage(callback: Array(body.utf8), kind, of: run.id, attempt: attempt, job: run.jobName))
        }

        var run: Run? {
            get async throws { try await store.runs([Sample.run().id]).first }
        }
    }

    @Test func `a report has the effect of a worker's message, and the attempt keeps what was seen of its request`()
        async throws
    {
        let door = Door(http(heartbeat: .seconds(20)), accepted())
        #expect(try await door.report("", .heartbeat) == .taken)
        #expect(try await door.report(#"{"progress":0.5}"#, .heartbeat) == .taken)
        #expect(try await door.run?.progress == 0.5)
        #expect(try await door.report(#"{"status":"completed","result":{"rows":2}}"#) == .taken)
        let run = try #require(try await door.run)
        #expect(run.status == .completed && run.result == .object(["rows": .int(2)]))
        #expect(run.attempts.map(\.http?.status) == [202])
        #expect(try await door.report(#"{"status":"completed"}"#) == .over)
        #expect(try await door.report("", .heartbeat) == .over)
    }

    @Test func `a failure that is reported is tried again, and its address is over`() async throws {
        let door = Door(http(attempts: 2), accepted())
        #expect(try await door.report(#"{"status":"failed","error":"no disk"}"#) == .taken)
        let run = try #require(try await door.run)
        #expect(run.status == .pending && run.attempt == 2 && run.attempts.map(\.error) == ["no disk"])
        #expect(try await door.report(#"{"status":"failed"}"#) == .over)
        #expect(try await door.report(#"{"status":"failed"}"#, attempt: 2) == .over, "nobody was given it yet")
    }

    @Test func `what the run cannot get to is told, and a report before the answer counts`() async throws {
        let cancelling = Door(http(), accepted { $0.status = .cancelling })
        #expect(try await cancelling.report(#"{"status":"running"}"#) == .notAllowed(from: .cancelling))
        #expect(try await cancelling.report(#"{"status":"cancelled"}"#) == .taken)
        #expect(try await cancelling.run?.status == .cancelled)
        let early = Door(http(), Sample.run())
        #expect(try await early.report("", .heartbeat) == .taken)
        #expect(try await early.run?.status == .pending)
        #expect(try await early.report(#"{"status":"completed"}"#) == .taken)
        #expect(try await early.run?.status == .completed)
    }

    @Test(arguments: [
        "", "{", "[]", "{}", #"{"status":"pending"}"#, #"{"status":7}"#, #"{"status":"completed","attempt":2}"#,
    ])
    func `what is no report is refused`(body: String) {
        let run = Sample.run()
        #expect(throws: MalformedMessage.self) {
            try WorkerMessage(callback: Array(body.utf8), .status, of: run.id, attempt: 1, job: run.jobName)
        }
    }
}
