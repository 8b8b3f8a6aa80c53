// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import YAML

/// A job as a file defines it.
struct JobDocument: Sendable, Equatable {
    let definition: JobDefinition
    /// Where it stands, for messages: `jobs.yaml:12`.
    let place: String
    /// The slot that the file gives; `nil` = the file leaves it to the schedule.
    var nextRunAt: Timestamp? { definition.job.nextRunAt }
}

/// Reads the jobs of files, and gathers everything that is wrong with them.
struct JobDocumentReader {
    private(set) var documents: [JobDocument] = []
    /// One line each: where, which field, what.
    private(set) var faults: [String] = []
    private var places: [String: String] = [:]

    /// The jobs of files, folders (`-` = standard input).
    ///
    /// - Throws: `CLIFailure` with code `usage` and a line for each fault.
    static func documents(at paths: [String]) throws(CLIFailure) -> [JobDocument] {
        var reader = JobDocumentReader()
        for path in paths {
            for file in try InputFile.files(at: path) {
                reader.read(try InputFile.text(at: file), path: file == "-" ? "standard input" : file)
            }
        }
        guard reader.faults.isEmpty else {
            var failure = CLIFailure(.usage, "nothing was changed: the files have faults")
            failure.hints = reader.faults
            throw failure
        }
        return reader.documents
    }

    /// Takes in the text of a file: JSON, or YAML with one or many documents, each a job or a list of jobs.
    mutating func read(_ text: [UInt8], path: String) {
        let name = EscapedText.bare(path)
        let content = text.starts(with: UTF8Text.mark) ? text.dropFirst(UTF8Text.mark.count) : text[...]
        let first = content.first { $0 != 0x20 && $0 != 0x0A && $0 != 0x0D && $0 != 0x09 }
        if first == UInt8(ascii: "{") || first == UInt8(ascii: "[") || path.hasSuffix(".json") {
            do {
                read(try JSONReader.read(text), name)
                return
            } catch  where path.hasSuffix(".json") {
                let isWholeBefore = (try? JSONReader.read(Array(text.prefix(error.offset)))) != nil
                let hint = isWholeBefore ? ": several jobs are one list, [{…}, {…}]" : ""
                faults.append("\(name):\(error.place(in: text)): \(error.reason)\(hint)")
                return
            } catch {
                // YAML may begin with these too.
            }
        }
        do throws(MalformedYAML) {
            for document in try YAMLReader.documents(text) { read(document, name) }
        } catch {
            faults.append("\(name):\(error.line): \(error.reason)")
        }
    }

    private mutating func read(_ json: JSONValue, _ path: String) {
        if case .array(let elements) = json {
            for (index, element) in elements.enumerated() {
                add(element, place: "\(path)[\(index)]") { _ in "\(path)[\(index)]" }
            }
        } else {
            add(json, place: path) { _ in path }
        }
    }

    private mutating func read(_ node: YAMLNode, _ path: String) {
        switch node.content {
        case .scalar(.null): break
        case .sequence(let nodes): for node in nodes { read(node, path) }
        case .scalar: add(node.json, place: "\(path):\(node.line)") { _ in "\(path):\(node.line)" }
        case .mapping(let members):
            let lines = Dictionary(members.map { ($0.key, $0.line) }, uniquingKeysWith: { first, _ in first })
            add(node.json, place: "\(path):\(node.line)") { field in
                let stem = field.split(separator: ".").first.map { String($0) } ?? field
                return "\(path):\(lines[stem] ?? node.line)"
            }
        }
    }

    private mutating func add(_ json: JSONValue, place: String, placeOf: (String) -> String) {
        guard case .object(var fields) = json else {
            faults.append("\(place): a job is expected: name, interval or cron, …\(JobFileAdvice.forNoJob(json))")
            return
        }
        if let (field, problem) = JobFileAdvice.forOtherDocument(fields) {
            faults.append("\(placeOf(field)): \(field): \(problem)")
            return
        }
        let written = fields
        var spanFaults: [FieldFault] = []
        Self.readSpans(&fields, &spanFaults)
        do throws(InvalidDefinition) {
            let definition = try JobDefinition(Item(members: fields))
            guard spanFaults.isEmpty else { throw InvalidDefinition(faults: []) }
            if let other = places.updateValue(place, forKey: definition.name.text) {
                faults.append("\(place): duplicate job \(definition.name), also at \(other)")
            }
            documents.append(JobDocument(definition: definition, place: place))
        } catch {
            for fault in spanFaults + error.faults {
                let field = EscapedText.bare(String(fault.field.prefix(64)))
                let advice = JobFileAdvice.forValue(at: fault.field, in: written, problem: fault.problem)
                faults.append("\(placeOf(fault.field)): \(field): \(fault.problem)\(advice)")
            }
        }
    }

    /// Turns durations as people write them into milliseconds, and steps into objects; those at fault into what is none, so that each is
    /// reported once.
    private static func readSpans(_ fields: inout [String: JSONValue], _ faults: inout [FieldFault]) {
        func span(_ value: JSONValue, _ name: String) -> JSONValue {
            guard case .string(let text) = value else { return value }
            if let milliseconds = SpanText.milliseconds(text) { return .int(milliseconds) }
            faults.append(FieldFault(name, SpanText.problem(text)))
            return .int(0)
        }
        for field in JobField.forPeople where field.isSpan {
            if let value = fields[field.rawValue] { fields[field.rawValue] = span(value, field.rawValue) }
        }
        if case .string(let text)? = fields["every"] {
            let step = CalendarStep(text: text)
            if step == nil { faults.append(FieldFault("every", "is not \(CalendarStep.expected)")) }
            fields["every"] = step?.json ?? .object(["days": .int(1)])
        }
        if case .object(var parts)? = fields["retryBackoff"] {
            for name in ["initial", "max"] {
                if let value = parts[name] { parts[name] = span(value, "retryBackoff.\(name)") }
            }
            fields["retryBackoff"] = .object(parts)
        }
        if case .object(var ways)? = fields["delivery"], case .object(var amqp)? = ways["amqp"],
            let expiration = amqp["expiration"]
        {
            amqp["expiration"] = span(expiration, "delivery.amqp.expiration")
            ways["amqp"] = .object(amqp)
            fields["delivery"] = .object(ways)
        }
        if case .object(var ways)? = fields["delivery"], case .object(var http)? = ways["http"],
            let timeout = http["timeout"]
        {
            let faultsBefore = faults.count
            // 0 is no time-out of a request: a fault is reported once.
            http["timeout"] = span(timeout, "delivery.http.timeout")
            if faults.count > faultsBefore { http["timeout"] = .int(HTTPDelivery.timeouts.upperBound) }
            ways["http"] = .object(http)
            fields["delivery"] = .object(ways)
        }
    }
}
