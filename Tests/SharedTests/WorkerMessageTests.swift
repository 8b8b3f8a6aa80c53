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
            Delivery(from: .job(name), kind: kind, body: body))
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

    private static let run = "6799b53b33fcc6482f29c96f"

    @Test(arguments: [
        ("", "not a JSON object: the body is empty"), (" \n", "not a JSON object: the body is blank"),
        ("[]", "not a JSON object: the body is a JSON array"), ("null", "not a JSON object: the body is null"),
        ("7", "not a JSON object: the body is a JSON number"),
        (#""{\"runId\":1}""#, "not a JSON object: the body is JSON within a JSON text: encoded twice"),
        ("NaN", "not a JSON object: NaN is not JSON"), ("{", "not a JSON object: the text ends too early"),
        ("runId=1&status=running", "not a JSON object: the body is a form"),
        ("it works", "not a JSON object: the body is text"), ("<run/>", "not a JSON object: the body is XML"),
        ("eyJydW5JZCI6MX0=", "not a JSON object: the body is base64"),
        ("{'runId':1}", "not a JSON object: a name in single quotes"),
        (#"{"runId":"x"} {}"#, "not a JSON object: something follows the value"),
        (#"{"status":"running"}"#, "runId is missing"), (#"{"runId":null,"status":"running"}"#, "runId is missing"),
        (#"{"runId":NaN,"status":"running"}"#, "runId is NaN or another word that is not JSON"),
        (#"{"runId":"xyz","status":"running"}"#, "runId is not 24"),
        (#"{"runId":7,"status":"running"}"#, "runId is not a string"),
        (#"{"runId":"\#(run)"}"#, "status is missing"),
        (#"{"runId":"\#(run)","status":"done"}"#, "status is not one of"),
        (#"{"runId":"\#(run)","status":"pending"}"#, "status pending is set by the scheduler"),
        (#"{"runId":"\#(run)","status":"cancelling"}"#, "status cancelling is set by the scheduler"),
        (#"{"runId":"\#(run)","status":"running","jobName":"other"}"#, "jobName is not"),
        (#"{"runId":"\#(run)","status":"running","status":"failed"}"#, "duplicate key status, with two values"),
    ])
    func `what leaves the run or its status unknown is told why`(body: String, expected: String) {
        #expect(reason(Array(body.utf8))?.hasPrefix(expected) == true, "\(reason(Array(body.utf8)) ?? "accepted")")
    }

    @Test(
        arguments: [
            ([0x1F, 0x8B, 8, 0], "gzip"), ([0x78, 0x9C, 1], "deflate"), ([0x28, 0xB5, 0x2F, 0xFD], "zstd"),
            ([0xFF, 0xFE, 0x7B, 0], "UTF-16"), ([0, 0x7B, 0, 0x7D], "UTF-16"), ([0x7B, 0, 0x7D, 0], "UTF-16"),
            ([0x85, 0xA5], "binary"), ([0x80, 0x04, 0x95], "a Python pickle"),
        ] as [([UInt8], String)])
    func `what is no text at all is named`(body: [UInt8], name: String) {
        #expect(reason(body)?.hasPrefix("not a JSON object: the body is \(name)") == true, "\(reason(body) ?? "")")
        #expect(reason(body, kind: .heartbeat) == reason(body))
    }

    /// The notes of a message with these further members.
    private func notes(_ members: String, kind: Delivery.Kind = .status) throws -> [String] {
        try parse(#"{"runId":"\#(id)","status":"failed",\#(members)}"#, kind: kind).notes.map {
            "\($0.field) \($0.mend)"
        }
    }

    @Test(
        arguments: [
            (#""caf\udce9.blend""#, "caf\u{FFFD}.blend", ["error characters"]),
            (#""\ud83d!""#, "\u{FFFD}!", ["error characters"]),
            (#""\ud83d\ud83d\ude00""#, "\u{FFFD}😀", ["error characters"]),
            (#""\ud83d\ude00""#, "😀", []), (#""a\u0000b""#, "a\u{FFFD}b", ["error characters"]),
            ("\"a\nb\tc\"", "a\nb\tc", ["error escapes"]), (#""C:\data\ub""#, #"C:\data\ub"#, ["error escapes"]),
            (#"{"code":5}"#, #"{"code":5}"#, ["error type"]), ("[1,2]", "[1,2]", ["error type"]),
            ("7", "7", ["error type"]),
            (#"{"loss":NaN}"#, #"{"loss":null}"#, ["error words", "error type"]),
        ] as [(String, String, [String])])
    func `an error that is not perfect is kept as well as it can be`(
        json: String, text: String, notes expected: [String]
    ) throws {
        #expect(try parse(#"{"runId":"\#(id)","status":"failed","error":\#(json)}"#).error == text)
        #expect(try notes(#""error":\#(json)"#) == expected)
        #expect(try notes(#""error":\#(json)"#, kind: .heartbeat) == expected)
    }

    @Test func `bytes that are not UTF-8 become U+FFFD, in a name too`() throws {
        for bytes: [UInt8] in [[0xE9], [0xFF, 0xFE], [0xED, 0xA0, 0x80], [0xC3]] {
            let body = Array(#"{"runId":"\#(id)","status":"failed","x"#.utf8) + bytes + Array(#"":1,"error":"caf"#.utf8)
            let message = try parse(body + bytes + Array(#".blend"}"#.utf8))
            #expect(message.error?.hasPrefix("caf\u{FFFD}") == true && message.error?.hasSuffix(".blend") == true)
            #expect(message.notes.map(\.mend) == [.characters])
        }
    }

    @Test func `a long error is cut by its code points, not by what looks like one letter`() throws {
        let letters = try parse(
            #"{"runId":"\#(id)","status":"failed","error":"\#(String(repeating: "x", count: 9_000))"}"#)
        #expect(letters.error?.utf8.count == 8_192 && letters.notes.map(\.mend) == [.size])
        let marks = "e" + String(repeating: "\u{301}", count: 20_000)
        let letter = try parse(#"{"runId":"\#(id)","status":"failed","error":"\#(marks)"}"#)
        #expect(letter.error?.unicodeScalars.count == 8_192)
    }

    @Test(
        arguments: [
            ("0.5", 0.5, []), ("1", 1, []), ("1.0000000001", 1, []), ("-1e-12", 0, []),
            (#""0.5""#, 0.5, ["progress type"]),
            ("45", nil, ["progress sense"]), ("-1", nil, ["progress sense"]), ("1e999", nil, ["progress sense"]),
            ("NaN", nil, ["progress sense"]), ("-Infinity", nil, ["progress sense"]),
            (#""NaN""#, nil, ["progress sense"]),
            ("true", nil, ["progress sense"]), ("[0.5]", nil, ["progress sense"]), ("null", nil, []),
        ] as [(String, Double?, [String])])
    func `an absurd progress is left out`(json: String, progress: Double?, notes expected: [String]) throws {
        #expect(try parse(#"{"runId":"\#(id)","progress":\#(json)}"#, kind: .heartbeat).progress == progress)
        #expect(try notes(#""progress":\#(json)"#) == expected)
    }

    @Test(
        arguments: [
            ("3", 3, []), ("3.0", 3, []), ("null", nil, []), (#""3""#, 3, ["attempt type"]),
            ("0", 1, ["attempt sense"]), ("-2", 1, ["attempt sense"]), ("1.5", 1, ["attempt sense"]),
            (#""three""#, 1, ["attempt sense"]), (#""""#, 1, ["attempt sense"]), ("{}", 1, ["attempt sense"]),
            ("[3]", 1, ["attempt sense"]), ("true", 1, ["attempt sense"]), ("NaN", 1, ["attempt sense"]),
            ("1e30", 1, ["attempt sense"]), ("None", 1, ["attempt sense"]),
        ] as [(String, Int?, [String])])
    func `an attempt that cannot be understood is taken for the first`(
        json: String, attempt: Int?, notes expected: [String]
    ) throws {
        #expect(try parse(#"{"runId":"\#(id)","status":"completed","attempt":\#(json)}"#).attempt == attempt)
        #expect(try notes(#""attempt":\#(json)"#) == expected)
    }

    @Test func `a result that is too deep or too large is left out, one with NaN is mended`() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        func result(_ json: String) throws -> JSONValue? {
            try parse(#"{"runId":"\#(id)","status":"completed","result":\#(json)}"#).result
        }
        #expect(try result(nested(31)) != nil)
        for depth in [32, 33, 100, 100_000] {
            #expect(try result(nested(depth)) == nil)
            #expect(try notes(#""result":\#(nested(depth))"#) == ["result depth"])
            #expect(try notes(#""unknown":\#(nested(depth))"#) == [])
        }
        let large = "\"" + String(repeating: "a", count: 65 << 10) + "\""
        #expect(try result(large) == nil)
        #expect(try notes(#""result":\#(large)"#) == ["result size"])
        #expect(
            try result(#"{"loss":NaN,"max":1e999,"a":1,"a":[Infinity,.5,"\ud800"]}"#)
                == .object(["loss": .null, "max": .null, "a": .array([.null, .null, .string("\u{FFFD}")])]))
        #expect(
            try notes(#""result":{"loss":NaN,"max":1e999,"a":1,"a":"\ud800"}"#)
                == ["result characters", "result duplicate", "result range", "result words"])
    }

    @Test func `a byte order mark, NUL bytes at the end and repeated keys do not cost the news`() throws {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let text = Array(#" {"runId":"\#(id)","runId":"\#(id)","status":"failed","error":"a","error":"b"} "#.utf8)
        let message = try parse(mark + text + [0, 0])
        #expect(message.error == "b" && message.content == .status(.failed))
        #expect(message.notes.map(\.description) == ["error: duplicate key, the last one counts"])
    }

    @Test func `what is broken beyond mending is refused without harm`() {
        let start = #"{"runId":"\#(id)","status":"running","result":"#
        for tail in [
            String(repeating: "[", count: 100_000), String(repeating: "[", count: 50) + "}", "'x'}", "{]}", "1,}",
        ] {
            #expect(reason(Array((start + tail).utf8)) != nil)
        }
        let large = #"{"runId":"\#(id)","status":"running","x":""# + String(repeating: "a", count: 1 << 20) + #""}"#
        #expect(reason(Array(large.utf8))?.hasPrefix("larger than") == true)
    }

    @Test func `what the database refuses can be left out`() throws {
        let message = try parse(#"{"runId":"\#(id)","status":"failed","attempt":2,"error":"e","result":1}"#)
        let bare = try #require(message.bare)
        #expect(bare.error == nil && bare.result == nil && bare.attempt == 2 && bare.content == .status(.failed))
        #expect(bare.notes.map { "\($0.field) \($0.mend)" } == ["error unstorable", "result unstorable"])
        #expect(bare.bare == nil)
    }

    @Test func `a hint is read as leniently`() throws {
        let job = try JobName("a")
        let text = Array(#"{"type":"job-changed","jobName":"a","x":NaN}"#.utf8)
        #expect(ControlHint(body: [0xEF, 0xBB, 0xBF] + text) == .jobChanged(job))
        let names = Array(#"{"type":"jobs-changed","jobNames":["a",5,"no name!"]}"#.utf8)
        #expect(ControlHint(body: names) == .jobChanged(job))
        #expect(ControlHint(body: Array(#"{"type":"jobs-changed","jobNames":[5]}"#.utf8)) == nil)
    }
}
