// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

extension WorkerMessage {
    /// The largest body that is looked at, in bytes.
    package static let maximumBodySize = 1 << 20
    /// The largest `result`, in bytes of compact JSON.
    package static let maximumResultSize = 64 << 10
    /// The longest `error` that is kept, in Unicode scalars; the rest is cut.
    package static let maximumErrorLength = 8192

    /// Parses the body of a delivery from the queues of `jobName`.
    ///
    /// The status counts: everything beside `jobName`, `runId` and `status` is mended or left out where it is not as it
    /// should be, with a note. Unknown keys are ignored; a missing `jobName` means the queue's.
    /// - Throws: ``MalformedMessage`` for what leaves the run or its status unknown.
    package init(_ delivery: Delivery) throws(MalformedMessage) {
        guard delivery.body.count <= Self.maximumBodySize else {
            throw MalformedMessage("larger than \(Self.maximumBodySize) bytes: \(delivery.body.count)")
        }
        var fields = try WorkerMessageFields(delivery)
        if let name = try fields.text("jobName"), name != delivery.jobName.text {
            throw MalformedMessage("jobName is not that of the queue it came from")
        }
        guard let text = try fields.text("runId") else { throw MalformedMessage("runId is missing") }
        guard let id = Identifier(hex: text) else { throw MalformedMessage("runId is not 24 hexadecimal digits") }
        let content: Content =
            delivery.kind == .heartbeat ? .heartbeat : .status(try Self.status(try fields.text("status")))
        self.init(runID: RunID(id), content: content, attempt: fields.attempt())
        error = fields.error()
        progress = fields.progress()
        result = fields.result()
        notes = fields.notes
    }

    private static func status(_ word: String?) throws(MalformedMessage) -> RunStatus {
        guard let word else { throw MalformedMessage("status is missing") }
        switch RunStatus(rawValue: word) {
        case let status? where status != .pending && status != .cancelling: return status
        case let ours?: throw MalformedMessage("status \(ours.rawValue) is set by the scheduler alone")
        case nil: throw MalformedMessage("status is not one of running, completed, failed, cancelled")
        }
    }
}
