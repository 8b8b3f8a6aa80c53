// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import Testing

@testable import Core

/// What a job of the dialect `clockmonster` does otherwise than ours (contract, section 12).
@Suite struct ClockMonsterTests {
    private static let request = ActionMessage(
        jobName: Sample.name(), runID: Sample.run().id, action: .run, attempt: 1, scheduledTime: nil, payload: nil,
        decidedAt: Sample.start)

    private static func job(_ backoff: [Int64], hasLetter: Bool = true) -> Job {
        let letter = ClockMonsterTerms.Action(
            delivery: HTTPDelivery(url: "http://letters/"), signingSecret: Secret("of letters"))
        return Sample.job { job in
            job.delivery = .http(HTTPDelivery(url: "http://jobs/"))
            job.allowsConcurrentRuns = false
            job.dialect = .clockMonster(
                ClockMonsterTerms(
                    id: 7, startAt: Sample.start, iterations: -1, backoff: backoff, signingSecret: Secret("of jobs"),
                    deadLetter: hasLetter ? letter : nil))
        }
    }

    private func report(_ outcome: RequestOutcome, isDeadLetter: Bool = false) -> WorkerMessage {
        let call = ClockMonsterCall(id: 7, signingSecret: nil, isDeadLetter: isDeadLetter)
        return RequestEnd(outcome: outcome).report(of: Self.request, call: call, lockEpoch: 1, now: Sample.start)
    }

    @Test(arguments: [
        (200, true), (202, true), (204, true), (299, true), (101, true), (300, false), (301, false), (304, false),
        (400, false), (404, false), (410, false), (429, false), (500, false), (503, false),
    ])
    func `any answer below 300 is success, any other may be tried again, whatever it asks for`(
        status: Int, isSuccess: Bool
    ) {
        var answer = RequestAnswer(status: status)
        answer.retryAfter = "3600"
        let report = report(.answer(answer))
        #expect(report.content == .status(isSuccess ? .completed : .failed))
        #expect(report.mayRetry && report.retryAfter == .zero)
    }

    @Test(arguments: [200, 202, 404, 500])
    func `whatever comes of a dead letter, the run has failed`(status: Int) {
        let report = report(.answer(RequestAnswer(status: status)), isDeadLetter: true)
        #expect(report.content == .status(.failed) && !report.mayRetry && report.error?.hasPrefix("given up") == true)
        let failed = self.report(.failure("connection refused"), isDeadLetter: true)
        #expect(failed.content == .status(.failed) && !failed.mayRetry)
    }

    /// Fails a run as often as it is tried; gives the waits in between, in seconds, and where each attempt went.
    private func fail(_ job: Job, lostAttempts: Set<Int> = []) throws -> (waits: [Int64], hosts: [String], end: Run) {
        var run = Sample.run()
        var (waits, hosts): ([Int64], [String]) = ([], [])
        var now = Sample.start
        for _ in 0..<20 {
            let request = try #require(job.request(of: run))
            hosts.append(request.delivery.authority)
            let call = try #require(request.call)
            #expect(call.isDeadLetter == (request.delivery.authority == "letters"))
            #expect(call.signingSecret?.secretText == (call.isDeadLetter ? "of letters" : "of jobs"))
            run.status = .running
            if lostAttempts.contains(run.attempt) {
                run = RunRescue.of(run, job: job, now: now, isLost: true, settings: EngineSettings())
                #expect(run.status == .pending)
                continue
            }
            var message = WorkerMessage(runID: run.id, content: .status(.failed), attempt: run.attempt)
            message.mayRetry = !call.isDeadLetter
            let verdict = RunReport.apply(
                message, to: &run, job: job, now: now, settings: EngineSettings(), jitter: { 1 })
            #expect(verdict == .applied)
            guard let retryAt = run.retryAt else { return (waits, hosts, run) }
            waits.append((retryAt - now).milliseconds / 1_000)
            now = retryAt
            run.retryAt = nil
        }
        throw CancellationError()
    }

    @Test func `a run follows its list without jitter, and the dead letter goes once, at once`() throws {
        let (waits, hosts, end) = try fail(Self.job([1, 2, 64]))
        #expect(waits == [1, 2, 64, 0])
        #expect(hosts == ["jobs", "jobs", "jobs", "jobs", "letters"])
        #expect(end.status == .failed)
    }

    @Test func `without a list the first failure is the last, and without a dead letter that is all`() throws {
        #expect(try fail(Self.job([])).hosts == ["jobs", "letters"])
        #expect(try fail(Self.job([], hasLetter: false)).hosts == ["jobs"])
        #expect(try fail(Self.job([5], hasLetter: false)).waits == [5])
    }

    @Test
    func `an attempt that was lost with its Scheduler uses no entry up, and a dead letter that was is sent again`()
        throws
    {
        let (waits, hosts, _) = try fail(Self.job([1, 2]), lostAttempts: [2, 5])
        #expect(waits == [1, 2, 0])
        #expect(hosts == ["jobs", "jobs", "jobs", "jobs", "letters", "letters"])
    }

    @Test func `a run that waits for its next attempt keeps the place of its job`() {
        var job = Self.job([1])
        let backingOff = JobActivity(active: 0, pending: 1)
        func isWaiting(_ job: Job) -> Bool? {
            SlotDecision(
                job: job, now: Sample.start, missedBefore: .earliest, activity: backingOff, limit: 1
            ).firings.first?.isWaiting
        }
        #expect(isWaiting(job) == true)
        job.dialect = nil
        #expect(isWaiting(job) == false)
    }

    @Test func `its turn comes when that one has ended`() throws {
        let job = Self.job([1])
        let owned = OwnedJob(job: job, managerID: ManagerID(Identifier(high: 1, low: 1)), lockEpoch: 1)
        let waiting = Sample.run(2) { $0.isWaiting = true }
        func releases(_ activity: JobActivity) -> Int {
            let held = HeldJob(owned: owned, missedBefore: .earliest, heldSince: Sample.start)
            var random = SystemRandomNumberGenerator()
            let plan = DispatchPlan(
                [TakenJob(held: held, isDue: false, wantsRelease: true)], activity: [job.name: activity], begun: [:],
                now: Sample.start, settings: EngineSettings(), ids: IdentifierGenerator(random: &random))
            return plan.releases.count
        }
        #expect(releases(JobActivity(active: 0, pending: 2, waiting: 1, oldestWaiting: waiting)) == 0)
        #expect(releases(JobActivity(active: 1, pending: 1, waiting: 1, oldestWaiting: waiting)) == 0)
        #expect(releases(JobActivity(active: 0, pending: 1, waiting: 1, oldestWaiting: waiting)) == 1)
    }

    @Test func `what is stored of it is read again`() throws {
        let terms = try #require(Self.job([1, 2]).dialect)
        #expect(JobDialect(stored: terms.storedJSON) == terms)
        for broken: JSONValue in [
            .null, .object([:]), .object(["clockmonster": .object([:])]), .object(["other": .object([:])]),
            .object([
                "clockmonster": .object([
                    "id": .int(1), "startAt": .int(0), "iterations": .int(0), "backoff": .array([.null]),
                ])
            ]),
        ] {
            #expect(JobDialect(stored: broken) == nil)
        }
    }

    @Test func `a job that leaves otherwise since an edit has none of it`() {
        var job = Self.job([1])
        job.delivery = .worker
        #expect(job.clockMonster == nil && job.request(of: Sample.run()) == nil)
    }
}
