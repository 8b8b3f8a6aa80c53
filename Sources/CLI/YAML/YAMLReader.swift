// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import CYaml
import Shared

/// Reads YAML that can be read in one way only: the core schema of YAML 1.2, no key twice, no anchors, aliases and tags,
/// at most 32 levels deep.
///
/// On libyaml's events. Why not Yams: docs/adr/0008-yaml.md.
struct YAMLReader {
    private static let deepest = JSONReader.maximumDepth

    private let parser: UnsafeMutablePointer<yaml_parser_t>

    /// The documents of a text; empty ones are null.
    static func documents(_ text: [UInt8]) throws(MalformedYAML) -> [YAMLNode] {
        guard String(validating: text, as: UTF8.self) != nil else { throw MalformedYAML(line: 1, reason: "not UTF-8") }
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
                return .success(try YAMLReader(parser: parser).stream())
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
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
        if event.isDecorated {
            throw MalformedYAML(line: event.line, reason: "anchors, aliases and tags are not taken")
        }
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
        var keys: Set<String> = []
        while true {
            let key = try next()
            if key.kind == YAML_MAPPING_END_EVENT { return YAMLNode(content: .mapping(members), line: event.line) }
            guard key.kind == YAML_SCALAR_EVENT, !key.isDecorated else {
                throw MalformedYAML(line: key.line, reason: "a key is not a plain text")
            }
            guard keys.insert(key.text).inserted else {
                throw MalformedYAML(line: key.line, reason: "the key \(shown(key.text)) stands twice")
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
        /// Has an anchor or a tag, or is an alias.
        var isDecorated = false
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
            event.isDecorated = scalar.anchor != nil || scalar.tag != nil
            // The database and C take it for an end.
            if event.text.utf8.contains(0) { throw MalformedYAML(line: event.line, reason: "a NUL character") }
        case YAML_SEQUENCE_START_EVENT:
            event.isDecorated = raw.data.sequence_start.anchor != nil || raw.data.sequence_start.tag != nil
        case YAML_MAPPING_START_EVENT:
            event.isDecorated = raw.data.mapping_start.anchor != nil || raw.data.mapping_start.tag != nil
        case YAML_ALIAS_EVENT: event.isDecorated = true
        default: break
        }
        return event
    }

    private func fault() -> MalformedYAML {
        let problem = parser.pointee.problem.map { String(cString: $0) } ?? "not YAML"
        let line = max(Int(parser.pointee.problem_mark.line), Int(parser.pointee.context_mark.line)) + 1
        let isAlias = parser.pointee.context.map { String(cString: $0).contains("alias") } ?? false
        let hint = isAlias ? "; a text that starts with * or & needs quotes: cron: \"*/5 * * * *\"" : ""
        return MalformedYAML(line: line, reason: EscapedText.bare(problem) + hint)
    }
}
