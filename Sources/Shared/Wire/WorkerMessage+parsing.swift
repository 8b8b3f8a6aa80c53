// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

extension WorkerMessage {
    /// The largest body that is looked at, in bytes.
    package static let maximumBodySize = 1 << 20
    /// The largest `result`, in bytes of compact JSON.
    package static let maximumResultSize = 64 << 10
    /// The longest `error` that is kept, in Unicode scalars; the rest is cut.
    package static let maximumErrorLength = 8192

    /// Parses the body of a delivery.
    ///
    /// The status counts: everything beside `jobName`, `runId` and `status` is mended or left out where it is not as it
    /// should be, with a note. Unknown keys are ignored; a missing `jobName` means the queue's,
    /// in a pool's that of the run.
    /// - Throws: ``MalformedMessage`` for what leaves the run or its status unknown.
    package init(_ delivery: Delivery) throws(MalformedMessage) {
        var fields = try WorkerMessageFields(delivery)
        let jobName = try Self.jobName(try fields.text("jobName"), from: delivery.workers)
        guard let text = try fields.text("runId") else { throw MalformedMessage("runId is missing") }
        guard let id = Identifier(hex: text) else { throw MalformedMessage("runId is not 24 hexadecimal digits") }
        try self.init(&fields, delivery.kind, of: RunID(id))
        self.jobName = jobName
    }

    /// Parses what the receiver of a request says at its callback address, which tells run and attempt: `jobName` and `runId` are
    /// passed over, and a heartbeat may be empty.
    /// - Throws: as for a delivery; and for another attempt than that of the address.
    package init(
        callback body: [UInt8], _ kind: Delivery.Kind, of runID: RunID, attempt: Int, job: JobName
    ) throws(MalformedMessage) {
        let isEmpty = kind == .heartbeat && body.isEmpty
        let delivery = Delivery(from: .job(job), kind: kind, body: isEmpty ? Array("{}".utf8) : body)
        var fields = try WorkerMessageFields(delivery)
        try self.init(&fields, kind, of: runID)
        guard self.attempt ?? attempt == attempt else {
            throw MalformedMessage("attempt is another than that of the address, which is \(attempt)")
        }
        self.attempt = attempt
    }

    private init(
        _ fields: inout WorkerMessageFields, _ kind: Delivery.Kind, of runID: RunID
    ) throws(MalformedMessage) {
        let content: Content = kind == .heartbeat ? .heartbeat : .status(try Self.status(try fields.text("status")))
        self.init(runID: runID, content: content, attempt: fields.attempt())
        error = fields.error()
        progress = fields.progress()
        result = fields.result()
        notes = fields.notes
    }

    private static func jobName(
        _ text: String?, from workers: WorkerAddress
    ) throws(MalformedMessage) -> JobName? {
        switch workers {
        case .job(let name):
            guard text == nil || text == name.text else {
                throw MalformedMessage("jobName is not that of the queue it came from")
            }
            return name
        case .pool:
            guard let text else { return nil }
            guard let name = try? JobName(text) else { throw MalformedMessage("jobName is not the name of a job") }
            return name
        }
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

/// The members of a worker's message; a null counts as absent.
///
/// Those that say which run it is, and how it stands, are read strictly, the others as well as they can be.
private struct WorkerMessageFields {
    private var members: [String: JSONReader.Member] = [:]
    /// What was mended so far.
    private(set) var notes: [MessageNote] = []

    private static let strict: Set<String> = ["jobName", "runId", "status"]
    private static let lenient: Set<String> = ["attempt", "error", "progress", "result"]
    /// How far a progress may be from 0...1 by rounding.
    private static let roundingError = 1e-6

    init(_ delivery: Delivery) throws(MalformedMessage) {
        guard delivery.body.count <= WorkerMessage.maximumBodySize else {
            throw MalformedMessage("larger than \(WorkerMessage.maximumBodySize) bytes: \(delivery.body.count)")
        }
        let read: [JSONReader.Member]
        do throws(MalformedJSON) {
            read = try JSONReader.members(mending: delivery.body)
        } catch {
            throw MalformedMessage("not a JSON object: \(BodyDiagnosis.of(delivery) ?? error.description)")
        }
        for member in read where Self.strict.contains(member.name) || Self.lenient.contains(member.name) {
            guard let other = members.updateValue(member, forKey: member.name) else { continue }
            if !Self.strict.contains(member.name) {
                notes.append(MessageNote(member.name, .duplicate))
            } else if other.value != member.value {
                throw MalformedMessage("duplicate key \(member.name), with two values")
            }
        }
    }

    /// A text without which the message has no meaning; `nil` = absent.
    func text(_ name: String) throws(MalformedMessage) -> String? {
        guard let member = members[name] else { return nil }
        if member.mends.contains(.words) { throw MalformedMessage("\(name) is NaN or another word that is not JSON") }
        switch member.value {
        case .string(let text): return text
        case .null where member.mends.isEmpty: return nil
        default: throw MalformedMessage("\(name) is not a string")
        }
    }

    /// What cannot be understood counts as the first attempt, so that it never moves a later one.
    mutating func attempt() -> Int? {
        guard let member = members["attempt"] else { return nil }
        if member.value == .null, member.mends.isEmpty { return nil }
        if let number = FieldValue.json(member.value).wholeNumber.flatMap({ Int(exactly: $0) }), number >= 1 {
            return number
        }
        if case .string(let text) = member.value, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let number = Int(text), number >= 1
        {
            notes.append(MessageNote("attempt", .type, "a text of digits, read as a number"))
            return number
        }
        notes.append(MessageNote("attempt", .sense, "cannot be understood, taken for 1"))
        return 1
    }

    mutating func error() -> String? {
        guard let member = members["error"] else { return nil }
        note(member)
        let text: String
        switch member.value {
        case .null: return nil
        case .string(let value): text = value
        default:
            notes.append(MessageNote("error", .type, "no text, kept as its JSON text"))
            var json = JSONWriter()
            json.write(member.value)
            text = String(decoding: json.bytes, as: UTF8.self)
        }
        let cut = text.cut(to: WorkerMessage.maximumErrorLength)
        if cut.utf8.count < text.utf8.count {
            notes.append(
                MessageNote("error", .size, "longer than \(WorkerMessage.maximumErrorLength) characters, cut"))
        }
        return cut
    }

    mutating func progress() -> Double? {
        guard let member = members["progress"] else { return nil }
        var number: Double?
        switch member.value {
        case .null where member.mends.isEmpty: return nil
        case .int(let value): number = Double(value)
        case .double(let value): number = value
        case .string(let text): number = Double(text)
        default: break
        }
        guard let number, (-Self.roundingError...1 + Self.roundingError).contains(number) else {
            notes.append(MessageNote("progress", .sense, "no number from 0 to 1, left out"))
            return nil
        }
        if case .string = member.value { notes.append(MessageNote("progress", .type, "a text, read as a number")) }
        return min(max(number, 0), 1)
    }

    mutating func result() -> JSONValue? {
        guard let member = members["result"] else { return nil }
        guard !member.mends.contains(.depth) else {
            notes.append(
                MessageNote("result", .depth, "nested deeper than \(JSONReader.maximumDepth) levels, left out"))
            return nil
        }
        guard member.value.fits(WorkerMessage.maximumResultSize) else {
            notes.append(
                MessageNote("result", .size, "larger than \(WorkerMessage.maximumResultSize) bytes, left out"))
            return nil
        }
        note(member)
        return member.value == .null ? nil : member.value
    }

    private mutating func note(_ member: JSONReader.Member) {
        notes += member.mends.sorted { $0.rawValue < $1.rawValue }.map { MessageNote(member.name, $0) }
    }
}
