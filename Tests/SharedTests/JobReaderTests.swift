// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import TestSupport
import Testing

@Suite struct JobReaderTests {
    private func read(
        _ fields: [(String, FieldValue)], from origin: JobReader.Origin = .json
    ) throws -> (job: Job?, faults: [String]) {
        var reader = JobReader(from: origin)
        for (field, value) in fields {
            let isField = reader.read(field, value)
            #expect(isField, "\(field)")
        }
        let job = reader.finish(try JobName("job"))
        return (job, reader.faults.map(\.description))
    }

    @Test func `what is left out of a request has its default`() throws {
        let (job, faults) = try read([("interval", .json(.int(1_000)))])
        #expect(faults == [])
        #expect(job == Job(name: try JobName("job"), schedule: .every(.seconds(1)), nextRunAt: nil))
        #expect(job?.isEnabled == true)
    }

    @Test func `every field comes through`() throws {
        let (job, faults) = try read([
            ("enabled", .json(.bool(false))), ("cron", .json(.string("30 2 * * *"))),
            ("timeZone", .json(.string("Europe/Berlin"))), ("nextRunAt", .json(.string("2027-01-15T02:30:00.5+01:00"))),
            ("misfirePolicy", .json(.string("all"))), ("maxCatchUp", .json(.int(7))),
            ("allowConcurrentRuns", .json(.bool(true))), ("maxQueueCount", .json(.int(3))),
            ("runStartTimeout", .json(.int(1))), ("runExecutionTimeout", .json(.int(2))),
            ("heartbeatTimeout", .json(.double(3))), ("maxAttempts", .json(.int(4))),
            ("retryBackoff", .json(.object(["initial": .int(5), "factor": .double(1.5), "max": .int(60)]))),
            ("delivery", .json(.object(["http": .object(["url": .string("http://h/"), "timeout": .int(9)])]))),
            ("payload", .json(.array([.null]))), ("startAt", .json(.string("2026-01-01T00:00:00Z"))),
            ("endAt", .json(.string("2028-01-01T00:00:00Z"))), ("jitter", .json(.int(250))),
            ("description", .json(.string("nightly"))), ("labels", .json(.object(["team": .string("core")]))),
            ("retention", .json(.int(86_400_000))),
        ])
        #expect(faults == [])
        let cron = CronSchedule(
            expression: try CronExpression("30 2 * * *", job: JobName("job")),
            zone: try ZoneDatabase.system.rules(named: "Europe/Berlin"))
        var expected = Job(
            name: try JobName("job"), isEnabled: false, schedule: .cron(cron),
            nextRunAt: Timestamp(rfc3339: "2027-01-15T01:30:00.500Z"), runExecutionTimeout: .milliseconds(2),
            runStartTimeout: .milliseconds(1), heartbeatTimeout: .milliseconds(3), maxQueueCount: 3,
            allowsConcurrentRuns: true, payload: .array([.null]))
        expected.misfirePolicy = .all
        expected.maxCatchUp = 7
        expected.maxAttempts = 4
        expected.retryBackoff = RetryBackoff(initial: .milliseconds(5), factor: 1.5, maximum: .milliseconds(60))
        var delivery = HTTPDelivery(url: "http://h/")
        delivery.timeout = .milliseconds(9)
        expected.delivery = .http(delivery)
        expected.startAt = Timestamp(rfc3339: "2026-01-01T00:00:00Z")
        expected.endAt = Timestamp(rfc3339: "2028-01-01T00:00:00Z")
        expected.jitter = .milliseconds(250)
        expected.description = "nightly"
        expected.labels = ["team": "core"]
        expected.retention = .seconds(86_400)
        #expect(job == expected)
    }

    @Test func `people see every field, once`() {
        #expect(JobField.forPeople.count == JobField.allCases.count)
        #expect(Set(JobField.forPeople) == Set(JobField.allCases))
    }

    @Test(arguments: [
        ("enabled", FieldValue.json(.string("yes")), "enabled: found a string, expected true or false"),
        (
            "interval", .json(.int(-1)),
            "interval: found -1, expected a whole number of milliseconds from 0 to 3153600000000"
        ),
        (
            "interval", .json(.double(1.5)),
            "interval: found 1.5, expected a whole number of milliseconds from 0 to 3153600000000"
        ),
        (
            "nextRunAt", .json(.string("tomorrow")),
            "nextRunAt: is no time such as 2027-01-15T08:00:00Z (RFC 3339, before the year 10000)"
        ),
        ("misfirePolicy", .json(.string("never")), "misfirePolicy: is none of once, skip, all"),
        ("maxCatchUp", .json(.int(0)), "maxCatchUp: found 0, expected a whole number from 1 to 10000"),
        ("maxAttempts", .json(.double(.infinity)), "maxAttempts: found inf, expected a whole number from 1 to 1000"),
        (
            "retryBackoff", .json(.object(["factor": .int(0)])),
            "retryBackoff.factor: found 0, expected a number from 1 to 100"
        ),
        ("retryBackoff", .json(.object(["start": .int(1)])), "retryBackoff.start: is not one of initial, factor, max"),
        (
            "labels", .json(.object(["$where": .string("1")])),
            "labels: has a key that is not \(JobLabel.keyRule)"
        ),
        (
            "labels", .json(.object(["a": .int(1)])),
            "labels.a: is not a text of at most 128 bytes without commas and control characters"
        ),
        (
            "jitter", .json(.int(86_400_001)),
            "jitter: found 86400001, expected a whole number of milliseconds from 0 to 86400000"
        ),
        ("description", .json(.string(String(repeating: "x", count: 4_097))), "description: is longer than 4096 bytes"),
        ("payload", .json(.string(String(repeating: "x", count: 262_143))), "payload: larger than 256 KiB as JSON"),
        ("timeZone", .json(.string("Europe/Berlin")), "timeZone: is only for a job with cron or every"),
        ("anchor", .json(.string("2027-01-31T09:00:00Z")), "anchor: is only for a job with every"),
        (
            "every", .json(.string("1 month")),
            "every: found a string, expected an object with one of years, months, weeks, days"
        ),
        ("every", .json(.object([:])), "every: has no unit; expected one of years, months, weeks, days"),
        (
            "every", .json(.object(["months": .int(1), "days": .int(2)])),
            "every: has more than one unit; expected one of years, months, weeks, days"
        ),
        ("every", .json(.object(["hours": .int(1)])), "every.hours: is not one of years, months, weeks, days"),
        ("every", .json(.object(["": .int(1)])), "every.\"\": is not one of years, months, weeks, days"),
        ("every", .json(.object(["months": .int(0)])), "every.months: found 0, expected a whole number from 1 to 1200"),
        (
            "every", .json(.object(["weeks": .double(1.5)])),
            "every.weeks: found 1.5, expected a whole number from 1 to 5200"
        ),
        (
            "every", .json(.object(["days": .int(36_501)])),
            "every.days: found 36501, expected a whole number from 1 to 36500"
        ),
        (
            "every", .json(.object(["years": .int(.max)])),
            "every.years: found 9223372036854775807, expected a whole number from 1 to 100"
        ),
        ("every", .json(.object(["years": .null])), "every.years: found null, expected a whole number from 1 to 100"),
    ])
    func `each fault names its field and what was expected`(field: String, value: FieldValue, fault: String) throws {
        let (job, faults) = try read([(field, value)])
        #expect(job == nil)
        #expect(faults == [fault])
    }

    @Test(
        arguments: [
            ("timezone", "timeZone"), ("time_zone", "timeZone"), ("time-zone", "timeZone"), ("TimeZone", "timeZone"),
            ("next_run_at", "nextRunAt"), ("intervall", "interval"), ("Name", "name"), ("corn", nil), ("crom", "cron"),
            ("label", "labels"), ("max attempts", "maxAttempts"), ("zone", nil), ("", nil), ("schedule", nil),
            ("$where", nil),
        ] as [(String, String?)])
    func `an unknown name is told with the field that was meant`(name: String, field: String?) {
        #expect(JobField.nearest(to: name) == field)
        let hint = field.map { "; did you mean \($0)?" } ?? ""
        #expect(JobField.unknown(name) == "is not a field of a job\(hint)")
    }

    @Test func `fields that do not go together are told`() throws {
        #expect(
            try read([("interval", .json(.int(5))), ("cron", .json(.string("* * * * *")))]).faults
                == ["cron: excludes interval: give one of them"])
        let start = FieldValue.json(.string("2027-01-02T00:00:00Z"))
        let end = FieldValue.json(.string("2027-01-01T00:00:00Z"))
        #expect(try read([("startAt", start), ("endAt", end)]).faults == ["endAt: is before startAt"])
        #expect(
            try read([("nextRunAt", end), ("startAt", start)]).faults
                == ["nextRunAt: is before startAt, and the job has no other slot"])
        let faults = try read([("cron", .json(.string("61 * * * *"))), ("timeZone", .json(.string("Mars/Base")))])
            .faults
        #expect(faults.count == 2)
        #expect(faults.contains { $0.hasPrefix("cron: field 1 (minute)") })
        #expect(faults.contains { $0.hasPrefix("timeZone: \"Mars/Base\"") })
    }

    @Test func `a document with an interval needs its next slot, unless its slots end`() throws {
        let base: [(String, FieldValue)] = [("enabled", .json(.bool(true))), ("interval", .json(.int(5)))]
        #expect(try read(base, from: .document).faults.map { $0.prefix(9) } == ["nextRunAt"])
        let ended = base + [("endAt", .date(Timestamp(millisecondsSinceEpoch: 0)))]
        #expect(try read(ended, from: .document).faults == [])
        let cron: [(String, FieldValue)] = [("enabled", .json(.bool(true))), ("cron", .json(.string("@daily")))]
        #expect(try read(cron, from: .document).faults == [])
    }

    @Test func `steps on the calendar are counted from the slot, or from what is said`() throws {
        let slot = Timestamp(millisecondsSinceEpoch: 1_800_000_000_000)
        let base: [(String, FieldValue)] = [
            ("every", .json(.object(["months": .double(2)]))), ("timeZone", .json(.string("Europe/Berlin"))),
        ]
        let unarmed = try #require(try read(base).job)
        #expect(unarmed.anchor == nil && unarmed.schedule.zone?.name == "Europe/Berlin")
        let armed = try #require(try read(base + [("nextRunAt", .date(slot))]).job)
        guard case .calendar(let calendar) = armed.schedule else { Issue.record("\(armed.schedule)"); return }
        #expect(calendar.step == CalendarStep(2, .months) && calendar.anchor == slot && armed.anchor == slot)
        let anchor = slot - .seconds(59 * 86_400)
        let gone = try read(base + [("nextRunAt", .date(slot)), ("anchor", .json(.string(anchor.rfc3339)))])
        #expect(gone.job?.anchor == anchor && gone.faults == [])
        // What is written is read as the same.
        let again = try read(try #require(gone.job).jsonFields.map { ($0.field.rawValue, .json($0.value)) })
        #expect(again.job == gone.job)
    }

    @Test func `in a document an anchor counts with the slot that it was written with`() throws {
        let slot = Timestamp(millisecondsSinceEpoch: 1_800_000_000_000)
        let anchor = slot - .seconds(86_400)
        func read(_ anchoredSlot: Timestamp?, next: Timestamp? = slot) throws -> Timestamp? {
            var reader = JobReader(from: .document)
            reader.read(.every, .json(.object(["days": .int(1), "weeks": .null])))
            reader.read(.anchor, .date(anchor))
            if let next { reader.read(.nextRunAt, .date(next)) } else { reader.read(.endAt, .date(slot)) }
            reader.anchoredSlot = anchoredSlot
            return try #require(reader.finish(try JobName("job")), "\(reader.faults)").anchor
        }
        #expect(try read(slot) == anchor && read(nil) == anchor && read(slot, next: nil) == anchor)
        #expect(try read(slot - .milliseconds(1)) == slot)
        // What is left of a former schedule is no fault.
        let left: [(String, FieldValue)] = [("cron", .json(.string("@daily"))), ("anchor", .date(anchor))]
        #expect(try self.read(left, from: .document).faults == [])
    }

    @Test func `a job has one of interval, cron and every`() throws {
        let rules: [(String, FieldValue)] = [
            ("interval", .json(.int(5))), ("cron", .json(.string("@daily"))),
            ("every", .json(.object(["days": .int(1)]))),
        ]
        #expect(try read([rules[0], rules[2]]).faults == ["every: excludes interval: give one of them"])
        #expect(try read([rules[1], rules[2]]).faults == ["every: excludes cron: give one of them"])
        #expect(try read(rules).faults.map { $0.prefix { $0 != ":" } } == ["cron", "every"])
        #expect(try read([("interval", .json(.int(0))), rules[2]]).faults == [])
        let zone = [rules[2], ("timeZone", FieldValue.json(.string("Mars/Base")))]
        #expect(try read(zone).faults.map { $0.prefix(9) } == ["timeZone:"])
        let faulty: [(String, FieldValue)] = [
            ("every", .json(.object(["months": .int(0)]))), ("timeZone", .json(.string("UTC"))),
            ("anchor", .json(.string("2027-01-31T09:00:00Z"))),
        ]
        #expect(try read(faulty).faults.count == 1, "one cause, one fault")
        let bare: [(String, FieldValue)] = [("enabled", .json(.bool(true))), rules[2]]
        #expect(try read(bare, from: .document).faults == ["nextRunAt: missing; a job with every needs its next slot"])
    }

    @Test func `what a document lacks is zero or its default, and null is as if it were not there`() throws {
        let slot = Timestamp(millisecondsSinceEpoch: 1_800_000_000_000)
        let bare: [(String, FieldValue)] = [("enabled", .json(.bool(true))), ("nextRunAt", .date(slot))]
        let expected = Job(name: try JobName("job"), schedule: .once, nextRunAt: slot)
        #expect(try read(bare, from: .document).job == expected)
        let names = JobField.names.subtracting(["enabled", "nextRunAt"]).sorted()
        #expect(try read(bare + names.map { ($0, .json(.null)) }, from: .document).job == expected)
        let nothing = try read(JobField.names.sorted().map { ($0, .json(.null)) }, from: .document).job
        #expect(nothing == Job(name: try JobName("job"), isEnabled: false, schedule: .once, nextRunAt: nil))
        let parts: [(String, FieldValue)] = [
            ("retryBackoff", .json(.object(["initial": .null, "factor": .int(3)]))),
            ("labels", .json(.object(["team": .null]))),
        ]
        #expect(try read(bare + parts, from: .document).job?.retryBackoff == RetryBackoff(factor: 3))
        #expect(try read(parts).faults.count == 2, "a request says what it means")
    }
}
