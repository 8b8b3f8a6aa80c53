// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import Testing

@Suite struct WorkerMessageTests {
    private let id = "6799b53b33fcc6482f29c96f"

    private func parse(
        _ body: String, kind: Delivery.Kind = .status
    ) throws(MalformedMessage) -> WorkerMessage {
        try parse(Array(body.utf8), kind: kind)
    }

    private func parse(
        _ body: [UInt8], kind: Delivery.Kind = .status
    ) throws(MalformedMessage) -> WorkerMessage {
        guard let name = try? JobName("my-job") else { throw MalformedMessage("not a job name") }
        return try WorkerMessage(
            Delivery(jobName: name, kind: kind, body: body, receipt: Delivery.Receipt(session: 1, tag: 1)))
    }

    private func reason(_ body: [UInt8], kind: Delivery.Kind = .status) -> String? {
        do throws(MalformedMessage) {
            _ = try parse(body, kind: kind)
            return nil
        } catch {
            return error.reason
        }
    }

    @Test func `a status of the Go program's workers`() throws {
        let message = try parse(#"{"jobName":"my-job","runId":"\#(id)","status":"completed"}"#)
        #expect(message.runID.description == id)
        #expect(message.content == .status(.completed))
        #expect(message.attempt == nil)
    }

    @Test func `all that a worker may tell along, and keys we do not know`() throws {
        let message = try parse(
            #"{"runId":"\#(id)","status":"failed","attempt":2,"error":"e","progress":1,"result":{"a":[1,null]},"x":{}}"#
        )
        #expect(message.attempt == 2)
        #expect(message.error == "e")
        #expect(message.progress == 1)
        #expect(message.result == .object(["a": .array([.int(1), .null])]))
    }

    @Test func `a heartbeat needs no status`() throws {
        #expect(try parse(#"{"jobName":"my-job","runId":"\#(id)"}"#, kind: .heartbeat).content == .heartbeat)
    }

    @Test(arguments: [
        ("", "not a JSON object"), ("[]", "not a JSON object"), ("{", "not a JSON object"),
        (#"{"status":"running"}"#, "runId is missing"),
        (#"{"runId":"xyz","status":"running"}"#, "runId is not 24"),
        (#"{"runId":7,"status":"running"}"#, "runId is not a string"),
        (#"{"runId":"6799b53b33fcc6482f29c96f"}"#, "status is missing"),
        (#"{"runId":"6799b53b33fcc6482f29c96f","status":"done"}"#, "status is not one of"),
        (#"{"runId":"6799b53b33fcc6482f29c96f","status":"pending"}"#, "status pending is set by the scheduler"),
        (#"{"runId":"6799b53b33fcc6482f29c96f","status":"cancelling"}"#, "status cancelling is set by the scheduler"),
        (#"{"runId":"6799b53b33fcc6482f29c96f","status":"running","jobName":"other"}"#, "jobName is not"),
        (#"{"runId":"6799b53b33fcc6482f29c96f","status":"running","attempt":0}"#, "attempt is less"),
        (#"{"runId":"6799b53b33fcc6482f29c96f","status":"running","attempt":"1"}"#, "attempt is not"),
        (#"{"runId":"6799b53b33fcc6482f29c96f","status":"running","progress":1.5}"#, "progress is not between"),
    ])
    func `what cannot be processed is told why`(body: String, expected: String) {
        #expect(reason(Array(body.utf8))?.hasPrefix(expected) == true, "\(reason(Array(body.utf8)) ?? "accepted")")
    }

    @Test func `a NUL does not cost the news`() throws {
        let message = try parse(
            #"{"runId":"\#(id)","status":"failed","error":"a\u0000b","progress":null,"attempt":2.0}"#)
        #expect(message.error == "a\u{FFFD}b")
        #expect(message.progress == nil)
        #expect(message.attempt == 2)
    }

    @Test func `bad UTF-8, deep nesting and great size are refused without harm`() {
        #expect(reason([0xff, 0xfe, 0x00]) != nil)
        let deep = #"{"runId":"\#(id)","status":"running","result":"#
        let nested = deep + String(repeating: "[", count: 100_000)
        #expect(reason(Array(nested.utf8)) != nil)
        let closed = nested + String(repeating: "]", count: 100_000) + "}"
        #expect(reason(Array(closed.utf8)) != nil)
        let large = #"{"runId":"\#(id)","status":"running","x":""# + String(repeating: "a", count: 1 << 20) + #""}"#
        #expect(reason(Array(large.utf8))?.hasPrefix("larger than") == true)
        let result = deep + "\"" + String(repeating: "a", count: 65 << 10) + "\"}"
        #expect(reason(Array(result.utf8))?.hasPrefix("result is larger") == true)
    }
}
