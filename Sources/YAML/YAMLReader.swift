// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

private import CYaml
private import Shared

/// Reads YAML that can be read in one way only: the core schema of YAML 1.2, no key twice, no anchors, aliases and tags,
/// at most 32 levels deep.
///
/// On libyaml's events. Why not Yams: docs/adr/0008-yaml.md.
package struct YAMLReader {
    private static let deepest = JSONReader.maximumDepth

    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let text: [UInt8]

    /// The documents of a text; empty ones are null.
    package static func documents(_ bytes: [UInt8]) throws(MalformedYAML) -> [YAMLNode] {
        let text: [UInt8]
        do throws(NotUTF8) {
            text = withoutMarks(try UTF8Text.content(of: bytes))
        } catch {
            throw MalformedYAML(
                line: UTF8Text.line(of: error.offset, in: bytes),
                reason: "\(error.reason); convert it: \(error.conversion(of: "FILE"))")
        }
        let result = text.withUnsafeBufferPointer { buffer -> Result<[YAMLNode], MalformedYAML> in
            let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
            defer { parser.deallocate() }
            guard yaml_parser_initialize(parser) == 1 else {
                return .failure(MalformedYAML(line: 1, reason: "no memory"))
            }
            defer { yaml_parser_delete(parser) }
            yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
            yaml_parser_set_input_string(parser, buffer.baseAddress, buffer.count)
            do throws(MalformedYAML) {
                return .success(try YAMLReader(parser: parser, text: text).stream())
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    /// A byte order mark may begin each document (YAML 1.2, section 9.2), as where files were put together; libyaml takes it
    /// for a character.
    private static func withoutMarks(_ text: ArraySlice<UInt8>) -> [UInt8] {
        let documentStart = UTF8Text.mark + "---".utf8
        guard text.contains(UTF8Text.mark[0]) else { return Array(text) }
        var result: [UInt8] = []
        var rest = text
        for start in UTF8Text.lineStarts(in: text) where text[start...].starts(with: documentStart) {
            result += rest[..<start]
            rest = text[(start + UTF8Text.mark.count)...]
        }
        return result + rest
    }

    private func stream() throws(MalformedYAML) -> [YAMLNode] {
        var documents: [YAMLNode] = []
        while true {
            let event = try next()
            switch event.kind {
            case YAML_DOCUMENT_START_EVENT: documents.append(try node(try next(), depth: 1))
            case YAML_STREAM_END_EVENT: return documents
            default: break
            }
        }
    }

    private func node(_ event: Event, depth: Int) throws(MalformedYAML) -> YAMLNode {
        guard depth <= Self.deepest else {
            throw MalformedYAML(line: event.line, reason: "nested deeper than \(Self.deepest) levels")
        }
        if let decoration = event.decoration { throw MalformedYAML(line: event.line, reason: decoration) }
        switch event.kind {
        case YAML_SCALAR_EVENT:
            return YAMLNode(
                content: .scalar(event.isPlain ? YAMLScalar.value(event.text) : .string(event.text)), line: event.line)
        case YAML_SEQUENCE_START_EVENT:
            var nodes: [YAMLNode] = []
            while true {
                let inner = try next()
                if inner.kind == YAML_SEQUENCE_END_EVENT {
                    return YAMLNode(content: .sequence(nodes), line: event.line)
                }
                nodes.append(try node(inner, depth: depth + 1))
            }
        case YAML_MAPPING_START_EVENT: return try mapping(event, depth: depth)
        default: throw MalformedYAML(line: event.line, reason: "no value")
        }
    }

    private func mapping(_ event: Event, depth: Int) throws(MalformedYAML) -> YAMLNode {
        var members: [YAMLNode.Member] = []
        var keys: [String: Int] = [:]
        while true {
            let key = try next()
            if key.kind == YAML_MAPPING_END_EVENT { return YAMLNode(content: .mapping(members), line: event.line) }
            guard key.kind == YAML_SCALAR_EVENT, key.decoration == nil else {
                throw MalformedYAML(line: key.line, reason: key.decoration ?? "a key is not a plain text")
            }
            if key.isPlain, key.text == "<<" {
                throw MalformedYAML(
                    line: key.line,
                    reason: "merge keys are not taken: write the fields out (<< as a name of your own needs quotes)")
            }
            if let line = keys.updateValue(key.line, forKey: key.text) {
                throw MalformedYAML(
                    line: key.line, reason: "duplicate key \(shown(key.text)), also in line \(line)")
            }
            let value = try node(try next(), depth: depth + 1)
            members.append(YAMLNode.Member(key: key.text, line: key.line, value: value))
        }
    }

    private func shown(_ text: String) -> String { EscapedText.quoted(String(text.prefix(64))) }

    /// The part of an event that counts here.
    private struct Event {
        var kind: yaml_event_type_t
        var line: Int
        var text = ""
        var isPlain = false
        /// What to say of its anchor or tag, or of the alias that it is.
        var decoration: String?
    }

    private func next() throws(MalformedYAML) -> Event {
        var raw = yaml_event_t()
        guard yaml_parser_parse(parser, &raw) == 1 else { throw fault() }
        defer { yaml_event_delete(&raw) }
        var event = Event(kind: raw.type, line: Int(raw.start_mark.line) + 1)
        switch raw.type {
        case YAML_SCALAR_EVENT:
            let scalar = raw.data.scalar
            event.text = String(decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
            event.isPlain = scalar.style == YAML_PLAIN_SCALAR_STYLE
            event.decoration = Self.decoration(anchor: scalar.anchor, tag: scalar.tag)
            // The database and C take it for an end.
            if event.text.utf8.contains(0) { throw MalformedYAML(line: event.line, reason: "a NUL character") }
        case YAML_SEQUENCE_START_EVENT:
            let start = raw.data.sequence_start
            event.decoration = Self.decoration(anchor: start.anchor, tag: start.tag)
        case YAML_MAPPING_START_EVENT:
            let start = raw.data.mapping_start
            event.decoration = Self.decoration(anchor: start.anchor, tag: start.tag)
        case YAML_ALIAS_EVENT: event.decoration = Self.anchored
        default: break
        }
        return event
    }

    private static let anchored =
        "anchors (&) and aliases (*) are not taken: write the value out; a text that begins with & or * needs quotes"

    private static func decoration(
        anchor: UnsafeMutablePointer<yaml_char_t>?, tag: UnsafeMutablePointer<yaml_char_t>?
    ) -> String? {
        if anchor != nil { return anchored }
        return tag == nil ? nil : "tags (!) are not taken; a text that begins with ! needs quotes"
    }

    private func fault() -> MalformedYAML {
        let state = parser.pointee
        let problem = state.problem.map { String(cString: $0) } ?? "not YAML"
        // A character that is in no YAML has a place by its byte only.
        if state.error == YAML_READER_ERROR {
            let line = UTF8Text.line(of: min(Int(state.problem_offset), text.count), in: text)
            return MalformedYAML(line: line, reason: EscapedText.bare(problem))
        }
        let mark = MalformedYAML.Mark(line: Int(state.problem_mark.line), column: Int(state.problem_mark.column))
        let start = MalformedYAML.Mark(line: Int(state.context_mark.line), column: Int(state.context_mark.column))
        return MalformedYAML(
            problem: problem, context: state.context.map { String(cString: $0) } ?? "", at: mark, since: start, in: text
        )
    }
}
