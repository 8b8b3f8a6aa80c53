// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

extension WorkerMessage {
    /// The largest body that is looked at, in bytes.
    package static let maximumBodySize = 1 << 20
    /// The largest `result`, in bytes of compact JSON.
    package static let maximumResultSize = 64 << 10
    /// The longest `error` that is kept, in characters; the rest is cut.
    package static let maximumErrorLength = 8192

    /// Parses the body of a delivery from the queues of `jobName`.
    ///
    /// Unknown keys are ignored; a missing `jobName` means the queue's.
    /// - Throws: ``MalformedMessage`` for everything that can never be processed.
    package init(_ delivery: Delivery) throws(MalformedMessage) {
        let body = delivery.body
        guard body.count <= Self.maximumBodySize else {
            throw MalformedMessage("larger than \(Self.maximumBodySize) bytes: \(body.count)")
        }
        let fields = try WorkerMessageFields(body)
        if let name = try fields.text("jobName"), name != delivery.jobName.text {
            throw MalformedMessage("jobName is not that of the queue it came from")
        }
        guard let text = try fields.text("runId") else { throw MalformedMessage("runId is missing") }
        guard let id = ObjectID(hex: text) else { throw MalformedMessage("runId is not 24 hexadecimal digits") }
        let status = try fields.text("status")
        self.init(
            runID: RunID(id), content: try Self.content(delivery.kind, status),
            attempt: try fields.wholeNumber("attempt"))
        if let attempt, attempt < 1 { throw MalformedMessage("attempt is less than 1") }
        error = try fields.text("error").map { String($0.prefix(Self.maximumErrorLength)) }
        progress = try fields.number("progress")
        if let progress, !(0...1).contains(progress) { throw MalformedMessage("progress is not between 0 and 1") }
        result = fields["result"]
        if let result, !result.fits(Self.maximumResultSize) {
            throw MalformedMessage("result is larger than \(Self.maximumResultSize) bytes")
        }
    }

    private static func content(_ kind: Delivery.Kind, _ status: String?) throws(MalformedMessage) -> Content {
        guard kind == .status else { return .heartbeat }
        guard let status else { throw MalformedMessage("status is missing") }
        switch RunStatus(rawValue: status) {
        case .running: return .status(.running)
        case .completed: return .status(.completed)
        case .failed: return .status(.failed)
        case .cancelled: return .status(.cancelled)
        case .pending, .cancelling: throw MalformedMessage("status \(status) is set by the scheduler alone")
        case nil: throw MalformedMessage("status is not one of running, completed, failed, cancelled")
        }
    }
}
