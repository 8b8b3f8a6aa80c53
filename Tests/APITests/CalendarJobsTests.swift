// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import HTTPTypes
import REST
import Shared
import Synchronization
import TestSupport
import Testing

/// Jobs with the field `every`; now is 2027-01-15T08:00:00Z.
struct CalendarJobsTests {
    private let api = APITester()

    private func shown(_ field: String) async throws -> JSONValue? { try await api.send(.get, "/api/jobs/a")[field] }

    private func make(_ members: String) async throws {
        let answer = try await api.send(.post, "/api/jobs", "{\"name\":\"a\",\(members)}")
        #expect(answer.status == 201, "\(answer)")
    }

    private func patch(_ members: String) async throws {
        let answer = try await api.send(.patch, "/api/jobs/a", "{\(members)}")
        #expect(answer.status == 204, "\(answer)")
    }

    private func preview(_ count: Int) async throws -> [String] {
        let answer = try await api.send(.get, "/api/jobs/a/preview?count=\(count)")
        guard case .array(let slots)? = answer.body else { throw CancellationError() }
        return slots.compactMap { slot in
            guard case .object(let members) = slot, case .string(let text)? = members["localTime"] else { return nil }
            return text
        }
    }

    /// Moves the job to its next slot, as a Scheduler does.
    private func fire() throws {
        let name = try JobName("a")
        api.store.state.withLock { state in
            guard let record = state.jobs[name], var job = record.job, let slot = job.nextRunAt else { return }
            job.nextRunAt = job.slot(after: slot)
            state.jobs[name] = MemoryAdminStore.record(job, edition: record.edition)
        }
    }

    private let monthly = #""every":{"months":1},"timeZone":"Europe/Berlin","nextRunAt":"2027-01-31T09:00:00+01:00""#

    @Test func `the last day of the month, and the 31st where there is one`() async throws {
        try await make(monthly)
        #expect(
            try await preview(5) == [
                "2027-01-31T09:00:00+01:00", "2027-02-28T09:00:00+01:00", "2027-03-31T09:00:00+02:00",
                "2027-04-30T09:00:00+02:00", "2027-05-31T09:00:00+02:00",
            ])
        #expect(try await shown("every") == .object(["months": .int(1)]))
        #expect(try await shown("timeZone") == .string("Europe/Berlin"))
        #expect(try await shown("interval") == .int(0))
        let tag = try await api.send(.get, "/api/jobs/a").headers[.eTag]
        try fire()
        // Where it began outlives the slot, and the tag does not depend on where the job has come to.
        #expect(try await shown("nextRunAt") == .string("2027-02-28T08:00:00.000Z"))
        #expect(try await shown("anchor") == .string("2027-01-31T08:00:00.000Z"))
        #expect(try await api.send(.get, "/api/jobs/a").headers[.eTag] == tag)
        #expect(
            try await preview(3) == [
                "2027-02-28T09:00:00+01:00", "2027-03-31T09:00:00+02:00", "2027-04-30T09:00:00+02:00",
            ])
    }

    @Test func `the preview marks where the clock is put`() async throws {
        try await make(#""every":{"days":1},"timeZone":"Europe/Berlin","nextRunAt":"2027-03-27T02:30:00+01:00""#)
        #expect(
            try await preview(3) == [
                "2027-03-27T02:30:00+01:00", "2027-03-28T03:00:00+02:00", "2027-03-29T02:30:00+02:00",
            ])
        try fire()
        let answer = try await api.send(.get, "/api/jobs/a/preview?count=1")
        guard case .array(let slots)? = answer.body, case .object(let slot)? = slots.first else {
            throw CancellationError()
        }
        #expect(slot["dstTransition"] == .string("forward"))
    }

    @Test func `without a slot the first is now, or the next of the row from an anchor`() async throws {
        try await make(#""every":{"weeks":1}"#)
        #expect(try await shown("nextRunAt") == .string(APITester.now.rfc3339))
        #expect(try await shown("anchor") == .string(APITester.now.rfc3339))
        #expect(try await api.send(.delete, "/api/jobs/a").status == 204)
        try await make(#""every":{"months":1},"anchor":"2024-08-31T09:00:00Z""#)
        #expect(try await shown("nextRunAt") == .string("2027-01-31T09:00:00.000Z"))
        #expect(try await preview(2) == ["2027-01-31T09:00:00+00:00", "2027-02-28T09:00:00+00:00"])
        #expect(try await api.send(.delete, "/api/jobs/a").status == 204)
        try await make(#""every":{"months":1},"anchor":"2024-08-31T09:00:00Z","startAt":"2027-03-01T00:00:00Z""#)
        #expect(try await shown("nextRunAt") == .string("2027-03-31T09:00:00.000Z"))
        #expect(try await api.send(.delete, "/api/jobs/a").status == 204)
        try await make(#""every":{"days":1},"startAt":"2027-03-01T00:00:00Z""#)
        #expect(try await shown("nextRunAt") == .string("2027-03-01T00:00:00.000Z"))
    }

    @Test func `a slot that is set begins a row, the same one again does not`() async throws {
        try await make(monthly)
        try fire()
        try await patch(#""nextRunAt":"2027-02-28T08:00:00Z","description":"x""#)
        #expect(try await shown("anchor") == .string("2027-01-31T08:00:00.000Z"))
        // It is one of the row, too.
        try await patch(#""nextRunAt":"2027-04-30T07:00:00Z""#)
        #expect(try await preview(2) == ["2027-04-30T09:00:00+02:00", "2027-05-30T09:00:00+02:00"])
        try await patch(#""anchor":"2027-01-31T08:00:00Z","nextRunAt":"2027-04-30T07:00:00Z""#)
        #expect(try await preview(2) == ["2027-04-30T09:00:00+02:00", "2027-05-31T09:00:00+02:00"])
        try await patch(#""anchor":null"#)
        #expect(try await preview(2) == ["2027-04-30T09:00:00+02:00", "2027-05-30T09:00:00+02:00"])
        try await patch(#""anchor":"2026-12-31T08:00:00Z""#)
        #expect(try await preview(2) == ["2027-01-31T09:00:00+01:00", "2027-02-28T09:00:00+01:00"])
        try await patch(#""nextRunAt":null"#)
        #expect(try await shown("nextRunAt") == .string(APITester.now.rfc3339))
        #expect(try await shown("anchor") == .string(APITester.now.rfc3339))
    }

    @Test func `a new step or zone goes on from the anchor`() async throws {
        try await make(#""every":{"months":1},"anchor":"2026-10-31T09:00:00Z""#)
        try await patch(#""every":{"months":4}"#)
        #expect(try await preview(2) == ["2027-02-28T09:00:00+00:00", "2027-06-30T09:00:00+00:00"])
        try await patch(#""timeZone":"Asia/Kolkata""#)
        #expect(try await preview(2) == ["2027-02-28T14:30:00+05:30", "2027-06-30T14:30:00+05:30"])
        try await patch(#""timeZone":"UTC","every":{"days":3}"#)
        #expect(try await preview(2) == ["2027-01-17T09:00:00+00:00", "2027-01-20T09:00:00+00:00"])
        // What changes no slot arms nothing anew.
        let name = try JobName("a")
        try await patch(#""jitter":5"#)
        #expect(api.store.state.withLock { $0.skips[name] ?? [] }.isEmpty)
        #expect(try await shown("anchor") == .string("2026-10-31T09:00:00.000Z"))
    }

    @Test func `one kind of schedule excludes the others, and takes their place when they are cleared`() async throws {
        let every = #""every":{"days":2}"#
        for other in [#""interval":1000"#, #""cron":"@daily""#] {
            let answer = try await api.send(.post, "/api/jobs", "{\"name\":\"a\",\(other),\(every)}")
            #expect(answer.status == 422 && answer.faultyFields == ["every"])
        }
        try await make(#""cron":"0 9 * * *","timeZone":"Europe/Berlin""#)
        let refused = try await api.send(.patch, "/api/jobs/a", "{\(every)}")
        #expect(refused.status == 422 && refused.faultyFields == ["every"])
        try await patch("\(every),\"cron\":null")
        // Its next slot is where the row begins, by the same clock.
        #expect(try await preview(2) == ["2027-01-16T09:00:00+01:00", "2027-01-18T09:00:00+01:00"])
        #expect(try await shown("cron") == nil)
        try await patch(#""every":null,"interval":1000"#)
        for field in ["every", "anchor", "timeZone"] { #expect(try await shown(field) == nil, "\(field)") }
        try await patch("\(every),\"interval\":0,\"timeZone\":\"Asia/Kolkata\"")
        #expect(try await shown("timeZone") == .string("Asia/Kolkata"))
        try await patch(#""every":null,"cron":"0 9 * * *""#)
        #expect(try await shown("timeZone") == .string("Asia/Kolkata"))
        #expect(try await shown("anchor") == nil)
        try await patch(#""every":null"#)
        #expect(try await shown("timeZone") == .string("Asia/Kolkata"), "it belongs to the cron")
        try await patch(#""cron":null,"every":null"#)
        #expect(try await shown("timeZone") == nil)
        #expect(try await shown("nextRunAt") != nil, "a one-shot keeps its slot")
    }

    @Test(arguments: [
        (#""every":{}"#, "every"), (#""every":{"months":1,"days":1}"#, "every"),
        (#""every":{"months":0}"#, "every.months"),
        (#""every":{"months":1.5}"#, "every.months"), (#""every":{"hours":1}"#, "every.hours"),
        (#""every":"1 month""#, "every"),
        (#""every":{"years":101}"#, "every.years"), (#""every":[{"days":1}]"#, "every"),
        (#""every":{"days":"1"}"#, "every.days"),
        (#""every":{"days":1},"timeZone":"Mars""#, "timeZone"), (#""interval":5,"timeZone":"UTC""#, "timeZone"),
        (#""interval":5,"anchor":"2027-01-15T08:00:00Z""#, "anchor"),
        (#""every":{"days":1},"anchor":"soon""#, "anchor"),
        (#""every":{"days":1},"endAt":"2027-01-15T07:00:00Z""#, "nextRunAt"),
    ])
    func `what is wrong is told with its field`(members: String, field: String) async throws {
        let answer = try await api.send(.post, "/api/jobs", "{\"name\":\"a\",\(members)}")
        #expect(answer.status == 422 && answer.faultyFields == [field], "\(answer)")
    }

    @Test func `a slot that was reached and is taken away is recorded`() async throws {
        try await make(#""every":{"days":1},"nextRunAt":"2027-01-12T08:00:00Z","misfirePolicy":"all""#)
        try await patch(#""every":{"days":2}"#)
        let name = try JobName("a")
        let skips = api.store.state.withLock { $0.skips[name] ?? [] }
        #expect(skips.reduce(0) { $0 + $1.count } == 4 && skips.allSatisfy { $0.reason == .edited })
        #expect(try await shown("nextRunAt") == .string("2027-01-16T08:00:00.000Z"))
    }
}
