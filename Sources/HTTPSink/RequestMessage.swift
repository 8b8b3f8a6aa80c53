// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import AsyncHTTPClient
import Crypto
private import FoundationEssentials
import NIOHTTP1
import Shared

extension HTTPClientRequest {
    /// The request of one attempt, as contract section 9 has it.
    ///
    /// What templates put into the URL is percent-encoded; secret headers go as they stand. A cancel is an event of its own, without
    /// a body.
    init(_ request: RunRequest) {
        let (action, delivery) = (request.message, request.delivery)
        let url = delivery.url.rendered(request.values, isEncoded: true)
        let scheme = url.prefix { $0 != ":" }
        self.init(url: scheme.lowercased() + url.dropFirst(scheme.count))
        method = HTTPMethod(rawValue: delivery.method.rawValue)
        let isDeadLetter = request.call?.isDeadLetter ?? false
        let event = "\(action.runID)\(action.action == .cancel ? ".cancel" : isDeadLetter ? ".dead-letter" : "")"
        headers = [
            "User-Agent": "simple-scheduler/\(ProductVersion.text)",
            "Idempotency-Key": event,
            "Simple-Scheduler-Job": "\(action.jobName)",
            "Simple-Scheduler-Run-Id": "\(action.runID)",
            "Simple-Scheduler-Attempt": "\(action.attempt)",
            "Simple-Scheduler-Scheduled-Time": request.slot.rfc3339,
            "Simple-Scheduler-Action": action.action.rawValue,
        ]
        if let callback = request.callback {
            headers.add(name: "Simple-Scheduler-Callback", value: callback.secretText)
        }
        let own = request.call == nil ? action.content : action.jsonContent
        let content = delivery.method.takesBody && action.action == .run ? own : nil
        if let content {
            headers.add(name: "Content-Type", value: content.type)
            body = .bytes(content.body, length: .known(Int64(content.body.count)))
        }
        for (name, value) in delivery.headers.sorted(by: { $0.key < $1.key }) {
            headers.replaceOrAdd(name: name, value: value.rendered(request.values))
        }
        for (name, value) in delivery.secretHeaders.sorted(by: { $0.key < $1.key }) {
            headers.replaceOrAdd(name: name, value: value.secretText)
        }
        if let call = request.call { add(call, slot: request.slot, sentAt: request.sentAt, body: content?.body ?? []) }
        guard !delivery.signingSecrets.isEmpty else { return }
        let signature = WebhookSignature(
            id: event, sentAt: request.sentAt, body: content?.body ?? [], secrets: delivery.signingSecrets)
        headers.add(name: "webhook-id", value: signature.id)
        headers.add(name: "webhook-timestamp", value: signature.timestamp)
        headers.add(name: "webhook-signature", value: signature.value)
    }

    /// The headers of the dialect `clockmonster` (contract, section 12), which no header of a job takes the place of.
    private mutating func add(_ call: ClockMonsterCall, slot: Timestamp, sentAt: Timestamp, body: [UInt8]) {
        headers.replaceOrAdd(name: "x-dispatched-from", value: "ClockMonster")
        headers.replaceOrAdd(name: "x-clockmonster-job-id", value: "\(call.id)")
        headers.replaceOrAdd(name: "x-clockmonster-job-target-unix", value: "\(slot.millisecondsSinceEpoch / 1_000)")
        headers.remove(name: "x-webhook-signature")
        guard let secret = call.signingSecret else { return }
        let time = "\(sentAt.millisecondsSinceEpoch)"
        var code = HMAC<SHA256>(key: SymmetricKey(data: Array(secret.secretText.utf8)))
        code.update(data: body)
        code.update(data: Array(time.utf8))
        let digest = code.finalize().map { byte in
            String(byte >> 4, radix: 16) + String(byte & 0xf, radix: 16)
        }.joined()
        headers.add(name: "x-webhook-signature", value: "v=\(time),d=\(digest)")
    }
}

/// The signature of one request (Standard Webhooks 1.0, "Signature scheme"): HMAC-SHA256 over `id.timestamp.body`.
struct WebhookSignature {
    /// The same over all attempts, so that a receiver knows an event again.
    let id: String
    /// Of this attempt, in seconds: a receiver turns old ones away.
    let timestamp: String
    /// `v1,` and the base64 of each secret's signature, in the order of the secrets, separated by spaces.
    let value: String

    init(id: String, sentAt: Timestamp, body: [UInt8], secrets: [SigningSecret]) {
        let timestamp = "\(sentAt.millisecondsSinceEpoch / 1_000)"
        let head = Array("\(id).\(timestamp).".utf8)
        value = secrets.map { secret -> String in
            var code = HMAC<SHA256>(key: SymmetricKey(data: secret.key))
            code.update(data: head)
            code.update(data: body)
            return "v1,\(Data(code.finalize()).base64EncodedString())"
        }.joined(separator: " ")
        self.id = id
        self.timestamp = timestamp
    }
}
