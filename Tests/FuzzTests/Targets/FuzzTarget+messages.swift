// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

extension FuzzTarget {
    /// The body of a message: as a status, as a heartbeat, and as a hint between our own programs.
    static func runMessages(_ bytes: [UInt8]) {
        guard let job = try? JobName("fuzz") else { return }
        for kind in [Delivery.Kind.status, .heartbeat] {
            let delivery = Delivery(from: .job(job), kind: kind, body: bytes)
            guard let message = try? WorkerMessage(delivery) else { continue }
            precondition(message.progress.map { (0...1).contains($0) } ?? true, "progress out of its range")
            precondition(
                (message.error?.unicodeScalars.count ?? 0) <= WorkerMessage.maximumErrorLength,
                "an error that was not cut")
            precondition(message.attempt.map { $0 >= 1 } ?? true, "an attempt before the first")
            precondition(message.result?.fits(WorkerMessage.maximumResultSize) ?? true, "a result that is too large")
            precondition(message.result?.hasNUL != true, "a NUL that was not mended")
            precondition(message.notes.count <= bytes.count, "more notes than reasons for them")
            checkAgain(message, delivery)
        }
        if case .object(let members)? = try? JSONReader.read(bytes) {
            let read = try? JSONReader.members(mending: bytes)
            precondition(read?.count == members.count, "what is JSON is not read leniently")
            precondition(
                read?.allSatisfy { $0.mends.isEmpty && members[$0.name] == $0.value } ?? false, "JSON was mended")
        }
        if let hint = ControlHint(body: bytes) {
            precondition(ControlHint(body: hint.encodedBody()) == hint, "a hint that is not read as it was written")
        }
    }

    /// What was mended once needs no mending when it is written again.
    private static func checkAgain(_ message: WorkerMessage, _ delivery: Delivery) {
        var json = JSONWriter()
        json.beginObject()
        json.member("runId", .string(message.runID.value.hex))
        if case .status(let status) = message.content { json.member("status", .string(status.rawValue)) }
        json.member("attempt", ifPresent: message.attempt.map { .int(Int64($0)) })
        json.member("error", ifPresent: message.error.map { .string($0) })
        json.member("progress", ifPresent: message.progress.map { .double($0) })
        json.member("result", ifPresent: message.result)
        json.endObject()
        let again = Delivery(from: delivery.workers, kind: delivery.kind, body: json.bytes)
        guard json.bytes.count <= WorkerMessage.maximumBodySize else { return }
        var mended = message
        mended.notes = []
        precondition((try? WorkerMessage(again)) == mended, "what was mended is read as something else")
    }
}
