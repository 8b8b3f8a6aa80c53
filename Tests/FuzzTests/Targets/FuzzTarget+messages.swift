// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

extension FuzzTarget {
    /// The body of a message: as a status, as a heartbeat, and as a hint between our own programs.
    static func runMessages(_ bytes: [UInt8]) {
        guard let job = try? JobName("fuzz") else { return }
        for kind in [Delivery.Kind.status, .heartbeat] {
            let delivery = Delivery(
                jobName: job, kind: kind, body: bytes, receipt: Delivery.Receipt(session: 0, tag: 0))
            guard let message = try? WorkerMessage(delivery) else { continue }
            precondition(message.progress.map { (0...1).contains($0) } ?? true, "progress out of its range")
            precondition((message.error?.count ?? 0) <= WorkerMessage.maximumErrorLength, "an error that was not cut")
        }
        if let hint = ControlHint(body: bytes) {
            precondition(ControlHint(body: hint.encodedBody()) == hint, "a hint that is not read as it was written")
        }
    }
}
