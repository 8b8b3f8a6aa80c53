// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Foundation
import Shared
import TestSupport
import Testing

@testable import HTTPSink

@Suite(.timeLimit(.minutes(1))) struct RequestMessageTests {
    private static let key = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    private static let id = RunID(Identifier(high: 7, low: 9))

    /// What a server gets when this request is sent.
    private func sent(
        _ path: String = "/hook", _ action: RunAction = .run, payload: JSONValue? = nil, zone: ZoneRules = .utc,
        sentAt: Timestamp? = nil, call: ClockMonsterCall? = nil,
        _ edit: (inout HTTPDelivery) throws -> Void = { _ in }
    ) async throws -> (line: String, headers: [String: String], body: String) {
        let sink = try HTTPRequestSink.forLoopback()
        var text = ""
        try await RawServer.with([.say("HTTP/1.1 204 No Content\r\n\r\n")]) { server in
            var delivery = HTTPDelivery(url: try HTTPDelivery.url("http://127.0.0.1:\(server.port)\(path)"))
            try edit(&delivery)
            let slot = try #require(Timestamp(rfc3339: "2027-12-31T23:05:09.500Z"))
            let message = ActionMessage(
                jobName: try JobName("report"), runID: Self.id, action: action, attempt: 2, scheduledTime: slot,
                payload: payload, decidedAt: slot)
            var request = RunRequest(message: message, slot: slot, zone: zone, delivery: delivery, call: call)
            if let sentAt { request.sentAt = sentAt }
            _ = await sink.send(request)
            text = server.requests.first ?? ""
        }
        await sink.close()
        let lines = text.split(separator: "\r\n", omittingEmptySubsequences: false).map { String($0) }
        let end = try #require(lines.firstIndex(of: ""))
        var headers: [String: String] = [:]
        for line in lines[1..<end] {
            let parts = line.split(separator: ":", maxSplits: 1).map { String($0) }
            let name = parts[0].lowercased()
            #expect(headers[name] == nil, "\(name) is there twice")
            headers[name] = parts.count > 1 ? String(parts[1].dropFirst()) : ""
        }
        return (lines[0], headers, lines[(end + 1)...].joined(separator: "\r\n"))
    }

    @Test func `the test vector of Standard Webhooks comes out`() throws {
        let signature = WebhookSignature(
            id: "msg_p5jXN8AQM9LWM0D4loKWxJek", sentAt: Timestamp(millisecondsSinceEpoch: 1_614_265_330_000),
            body: Array(#"{"test": 2432232314}"#.utf8), secrets: [try SigningSecret(Self.key)])
        #expect(signature.timestamp == "1614265330")
        #expect(signature.value == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
    }

    @Test(arguments: [
        (JSONValue.string("h\u{E9} $x"), "\"h\u{E9} $x\""), (JSONValue?.none, "null"),
        (JSONValue.object(["a": .int(1)]), #"{"a":1}"#),
    ])
    func `a request of the dialect clockmonster is JSON, and has its headers`(payload: JSONValue?, body: String)
        async throws
    {
        // `printf '%s%s' "$body" 1800000000123 | openssl dgst -sha256 -hmac 'key of theirs'`, for the last of the bodies.
        let digest = "2a4670a35c60f69e6cf3ce16ac8e907a6431303a79d6fea0240c0e5c1cfd8719"
        let call = ClockMonsterCall(id: 42, signingSecret: Secret("key of theirs"), isDeadLetter: false)
        let sentAt = Timestamp(millisecondsSinceEpoch: 1_800_000_000_123)
        let sent = try await sent(payload: payload, sentAt: sentAt, call: call) {
            $0.headers = ["X-Webhook-Signature": Template(plain: "forged"), "X-Dispatched-From": Template(plain: "me")]
        }
        #expect(sent.body == body && sent.headers["content-type"] == "application/json")
        #expect(sent.headers["x-dispatched-from"] == "ClockMonster" && sent.headers["x-clockmonster-job-id"] == "42")
        #expect(sent.headers["x-clockmonster-job-target-unix"] == "1830294309")
        #expect(sent.headers["idempotency-key"] == "\(Self.id)" && sent.headers["webhook-signature"] == nil)
        let signature = try #require(sent.headers["x-webhook-signature"])
        #expect(signature.hasPrefix("v=1800000000123,d=") && signature.utf8.count == 18 + 64)
        if body.hasPrefix("{") { #expect(signature.dropFirst(18).hasPrefix(digest)) }
    }

    @Test func `a dead letter has an id of its own, and nothing is signed without a secret`() async throws {
        let call = ClockMonsterCall(id: 42, signingSecret: nil, isDeadLetter: true)
        let sent = try await sent(payload: .int(1), call: call)
        #expect(sent.headers["idempotency-key"] == "\(Self.id).dead-letter")
        #expect(sent.headers["x-webhook-signature"] == nil && sent.body == "1")
    }

    @Test func `a request is signed with each secret, under the run's id and the time of the attempt`() async throws {
        let secrets = [Self.key, "an older secret of ours"]
        let sentAt = SystemClock().now()
        let sent = try await sent(payload: .object(["h\u{E9}": .int(1)]), sentAt: sentAt) {
            $0.signingSecrets = try secrets.map { try SigningSecret($0) }
        }
        #expect(sent.headers["webhook-id"] == "\(Self.id)" && sent.headers["idempotency-key"] == "\(Self.id)")
        #expect(sent.headers["webhook-timestamp"] == "\(sentAt.millisecondsSinceEpoch / 1_000)")
        let signatures = try #require(sent.headers["webhook-signature"]).split(separator: " ").map { String($0) }
        #expect(signatures.count == 2 && signatures.allSatisfy { $0.hasPrefix("v1,") })
        for (secret, signature) in zip(secrets, signatures) {
            #expect(verifies(sent, signature, [secret]))
            #expect(!verifies(sent, signature, ["another secret of ours"]))
        }
        var forged = sent
        forged.body += " "
        #expect(!verifies(forged, signatures.joined(separator: " "), secrets))
        #expect(verifies(sent, signatures.joined(separator: " "), [secrets[1]]))
        #expect(try await self.sent().headers.keys.allSatisfy { !$0.hasPrefix("webhook-") })
    }

    private func verifies(
        _ sent: (line: String, headers: [String: String], body: String), _ signature: String, _ secrets: [String]
    ) -> Bool {
        verify(
            id: sent.headers["webhook-id"] ?? "", timestamp: sent.headers["webhook-timestamp"] ?? "",
            signature: signature, body: Data(sent.body.utf8), secrets: secrets)
    }

    @Test func `a cancel is an event of its own, without a body`() async throws {
        let cancel = try await sent("/${runId}", .cancel, payload: .object(["n": .int(1)]), sentAt: SystemClock().now())
        {
            $0.signingSecrets = [try SigningSecret(Self.key)]
            $0.headers = ["X-Run": "${runId}"]
        }
        #expect(cancel.line == "POST /\(Self.id) HTTP/1.1" && cancel.body.isEmpty)
        #expect(cancel.headers["webhook-id"] == "\(Self.id).cancel")
        #expect(cancel.headers["idempotency-key"] == "\(Self.id).cancel")
        #expect(cancel.headers["simple-scheduler-action"] == "cancel")
        #expect(cancel.headers["simple-scheduler-run-id"] == "\(Self.id)" && cancel.headers["x-run"] == "\(Self.id)")
        #expect(cancel.headers["content-type"] == nil)
        #expect(verifies(cancel, cancel.headers["webhook-signature"] ?? "", [Self.key]))
    }

    @Test func `templates are rendered in the path, the query and headers, and in nothing else`() async throws {
        let zone = try ZoneDatabase.system.rules(named: "Europe/Berlin")
        let path = "/${jobName}/${slot:%Y/%m}?at=${scheduledTime}&n=${attempt}&d=$$"
        let sent = try await sent(path, payload: .string("${runId} $$"), zone: zone) {
            $0.headers = ["X-Day": try HTTPDelivery.headerValue("${slot:%d.%m.%Y %H} $$")]
            $0.secretHeaders = ["X-Token": Secret("${runId} $$")]
        }
        #expect(sent.line == "POST /report/2028%2F01?at=2027-12-31T23%3A05%3A09.500Z&n=2&d=$ HTTP/1.1")
        #expect(sent.headers["x-day"] == "01.01.2028 00 $")
        #expect(sent.headers["x-token"] == "${runId} $$" && sent.body == "${runId} $$")
    }

    @Test func `secret headers are sent, and may say what the body is`() async throws {
        let sent = try await sent(payload: .int(1)) {
            $0.secretHeaders = ["Authorization": Secret("Bearer hush"), "content-type": Secret("application/x-mine")]
        }
        #expect(sent.headers["authorization"] == "Bearer hush" && sent.headers["content-type"] == "application/x-mine")
        #expect(sent.body == "1")
    }

    @Test func `the example for receivers in Swift is the one that is tried here`() throws {
        let here = URL(filePath: #filePath).deletingLastPathComponent()
        let page = try String(
            contentsOf: here.appending(path: "../../docs/http-delivery.md"), encoding: .utf8)
        let example = try String(contentsOf: here.appending(path: "VerifyExample.swift"), encoding: .utf8)
        let start = try #require(example.firstRange(of: "import Crypto"))
        #expect(page.contains("```swift\n\(example[start.lowerBound...])```"))
    }
}
