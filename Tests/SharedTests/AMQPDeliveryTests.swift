// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import TestSupport
import Testing

@Suite struct AMQPDeliveryTests {
    private func read(_ json: String, from origin: JobReader.Origin = .json) throws -> (job: Job?, faults: [String]) {
        var reader = JobReader(from: origin)
        reader.read(.delivery, .json(try JSONReader.read(Array("{\"amqp\": \(json)}".utf8))))
        reader.read(.enabled, .json(.bool(true)))
        let job = reader.finish(try JobName("ticks"))
        return (job, reader.faults.map(\.description))
    }

    @Test func `a delivery is read and written`() throws {
        let bare = try #require(try read(#"{"exchange": "", "routingKey": "queue"}"#).job?.delivery.amqp)
        #expect(bare == AMQPDelivery(exchange: "", routingKey: Template(plain: "queue")) && bare.isMandatory)
        let full =
            #"{"amqp":{"exchange":"cron.schedule","expiration":15000,"headers":{"a":"b ${jobName}","n":-1,"t":true,"x":0.5},"mandatory":false,"routingKey":"cron.${slot:%H}"}}"#
        let parts = String(full.dropFirst(8).dropLast())
        let job = try #require(try read(parts).job)
        let json = try #require(job.jsonFields.first { $0.field == .delivery }?.value)
        #expect(json == (try JSONReader.read(Array(full.utf8))))
        #expect(try read(parts, from: .document).job?.delivery == job.delivery)
        #expect(job.needsBus && !job.delivery.isWorker)
    }

    @Test(arguments: [
        ("{}", ["delivery.amqp.exchange: is missing", "delivery.amqp.routingKey: is missing"]),
        (#"{"exchange": 1, "routingKey": "k"}"#, ["delivery.amqp.exchange: found 1, expected a string"]),
        (
            #"{"exchange": "e", "routingKey": "${nope}"}"#,
            [
                "delivery.amqp.routingKey: has a ${…} that is none of ${jobName}, ${runId}, ${attempt}, ${scheduledTime}, ${slot:FORMAT}; a plain dollar before { is written $$"
            ]
        ),
        (
            #"{"exchange": "e\n", "routingKey": "k"}"#,
            ["delivery.amqp.exchange: holds a line end or another control character"]
        ),
        (
            #"{"exchange": "e", "routingKey": "k", "expiration": -1}"#,
            ["delivery.amqp.expiration: found -1, expected a whole number from 0 to 4294967295"]
        ),
        (
            #"{"exchange": "e", "routingKey": "k", "headers": {"a": []}}"#,
            ["delivery.amqp.headers.a: found an array, expected a string, a number, true or false"]
        ),
        (
            #"{"exchange": "e", "routingKey": "k", "ttl": 1}"#,
            ["delivery.amqp.ttl: is not one of exchange, routingKey, headers, expiration, mandatory"]
        ),
    ]) func `what is wrong is said`(json: String, faults: [String]) throws {
        #expect(try read(json).faults == faults)
    }

    @Test func `names are bounded`() throws {
        let long = String(repeating: "é", count: 128)
        #expect(
            try read("{\"exchange\": \"\(long)\", \"routingKey\": \"k\"}").faults == [
                "delivery.amqp.exchange: is longer than 255 bytes"
            ])
        #expect(
            try read("{\"exchange\": \"e\", \"routingKey\": \"\(long)\"}").faults == [
                "delivery.amqp.routingKey: is longer than 255 bytes"
            ])
        // What its templates make of it shows when it is sent.
        let job = try #require(
            try read("{\"exchange\": \"e\", \"routingKey\": \"\(String(long.dropLast()))${attempt}${attempt}\"}").job)
        let amqp = try #require(job.delivery.amqp)
        let error = #expect(throws: InvalidText.self) {
            try RunMessage(try action(nil), slot: start, zone: .utc, delivery: amqp).message(at: start)
        }
        #expect(error?.reason == "the routing key has 256 bytes, and may have 255")
    }

    private let start = Timestamp(millisecondsSinceEpoch: 1_750_000_000_000)
    private let run = RunID(Identifier(high: 1, low: 2))

    private func action(_ payload: JSONValue?) throws -> ActionMessage {
        ActionMessage(
            jobName: try JobName("ticks"), runID: run, action: .run, attempt: 2, scheduledTime: start, payload: payload,
            decidedAt: start)
    }

    @Test func `a message is put together`() throws {
        var amqp = AMQPDelivery(exchange: "e", routingKey: "cron.${slot:%H}.${attempt}")
        amqp.headers = [
            "job": .text("${jobName}"), "n": .int(3), "x": .double(0.5), "t": .bool(false),
            "content-type": .text(Template(plain: "text/csv")),
        ]
        amqp.expiration = 15
        let slot = try #require(Timestamp(rfc3339: "2026-03-29T01:30:00Z"))
        func message(_ payload: JSONValue?) throws -> OutgoingMessage {
            try RunMessage(
                try action(payload), slot: slot, zone: try ZoneDatabase.system.rules(named: "Europe/Berlin"),
                delivery: amqp
            ).message(at: start)
        }
        let made = try message(.object(["a": .int(1)]))
        #expect(made.routingKey == "cron.03.2" && made.id == "\(run)" && made.expiration == 15)
        #expect(
            made.headers == [
                "job": .text("ticks"), "n": .int(3), "x": .double(0.5), "t": .bool(false),
            ])
        #expect(made.contentType == "text/csv" && made.body == Array(#"{"a":1}"#.utf8))
        amqp.headers = [:]
        #expect(try message(.string("hé")).body == Array("hé".utf8))
        #expect(try message(.string("h")).contentType.hasPrefix("text/plain"))
        #expect(try message(nil).body == (try action(nil).encodedBody()))
        #expect(try message(nil).contentType == "application/json")
    }
}
