// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

private import FoundationEssentials

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
        let fields: Fields
        do {
            fields = try JSONDecoder().decode(Fields.self, from: Data(body))
        } catch let error as MalformedMessage {
            throw error
        } catch {
            throw MalformedMessage("not a JSON object in UTF-8, nested at most 512 deep")
        }
        if let name = fields.jobName, name != delivery.jobName.text {
            throw MalformedMessage("jobName is not that of the queue it came from")
        }
        guard let text = fields.runId else { throw MalformedMessage("runId is missing") }
        guard let id = ObjectID(hex: text) else { throw MalformedMessage("runId is not 24 hexadecimal digits") }
        self.init(runID: RunID(id), content: try Self.content(delivery.kind, fields.status), attempt: fields.attempt)
        error = fields.error.map { String($0.prefix(Self.maximumErrorLength)) }
        progress = fields.progress
        result = fields.result
        if let result, let size = try? JSONEncoder().encode(result).count, size > Self.maximumResultSize {
            throw MalformedMessage("result is larger than \(Self.maximumResultSize) bytes: \(size)")
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

/// The keys we know, each checked for its type by name; a null counts as absent.
private struct Fields: Decodable {
    var jobName: String?
    var runId: String?
    var status: String?
    var attempt: Int?
    var error: String?
    var result: JSONValue?
    var progress: Double?

    private enum CodingKeys: String, CodingKey {
        case jobName, runId, status, attempt, error, result, progress
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        func read<Value: Decodable>(_ key: CodingKeys, _ expected: String) throws -> Value? {
            do {
                return try container.decodeIfPresent(Value.self, forKey: key)
            } catch {
                throw MalformedMessage("\(key.rawValue) is not \(expected)")
            }
        }
        jobName = try read(.jobName, "a string")
        runId = try read(.runId, "a string")
        status = try read(.status, "a string")
        attempt = try read(.attempt, "a whole number")
        if let attempt, attempt < 1 { throw MalformedMessage("attempt is less than 1") }
        error = try read(.error, "a string")
        result = try read(.result, "JSON")
        progress = try read(.progress, "a number")
        if let progress, !(0...1).contains(progress) { throw MalformedMessage("progress is not between 0 and 1") }
    }
}
