// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// Reads a JSON text that can be read in one way only: RFC 8259 to the letter in UTF-8, no name twice in an object, no
/// NUL character (unless asked for), at most 32 levels deep.
///
/// A byte order mark before it is skipped, as section 8.1 allows.
///
/// Why not Foundation's: it takes duplicate names without a word and keeps one of them, takes any depth up to 512, and
/// is slow. Integers that fit become `int`, every other number the nearest `double`.
///
/// ``members(mending:)`` is the lenient mode, for what workers send: where the structure is clear, what is within is mended.
package struct JSONReader {
    /// How deep arrays and objects may nest.
    package static let maximumDepth = 32

    /// What becomes of a NUL character in a text, which the database and C may take for its end.
    package enum NULRule: Sendable {
        case refused
        /// The caller looks for it.
        case kept
    }

    /// One member of an object that was read in the lenient mode.
    package struct Member: Sendable {
        /// Its name; in the lenient mode several members may have one name.
        package let name: String
        /// Its value, as far as it can be read.
        package let value: JSONValue
        /// What had to be mended in it.
        package let mends: Set<Mend>
    }

    let text: [UInt8]
    let rule: NULRule
    var position = 0
    private var depth = 0
    private var maximumDepth = Self.maximumDepth
    /// What was mended so far in the value at hand; `nil` = nothing may be.
    private(set) var mends: Set<Mend>?

    /// Reads a whole text.
    package static func read(
        _ text: [UInt8], nul rule: NULRule = .refused, maximumDepth: Int = Self.maximumDepth
    ) throws(MalformedJSON) -> JSONValue {
        var reader = JSONReader(text, rule)
        reader.maximumDepth = maximumDepth
        do throws(NotUTF8) {
            reader.position = try UTF8Text.content(of: text).startIndex
        } catch {
            throw MalformedJSON(error.reason, at: error.offset)
        }
        reader.skipSpace()
        let result = try reader.value()
        try reader.end()
        return result
    }

    /// Reads a whole text that is one object; `nil` when it is anything else.
    package static func object(_ text: [UInt8]) -> [String: JSONValue]? {
        guard case .object(let members)? = try? read(text) else { return nil }
        return members
    }

    /// Reads a whole text that is one object, leniently: whatever of its members' values cannot be taken as it stands is
    /// mended, see ``Mend``; a byte order mark before it and NUL bytes after it are passed over.
    package static func members(mending text: [UInt8]) throws(MalformedJSON) -> [Member] {
        var reader = JSONReader(text, .kept)
        reader.mends = []
        if text.starts(with: UTF8Text.mark) { reader.position = UTF8Text.mark.count }
        reader.skipSpace()
        guard reader.next == UInt8(ascii: "{") else { throw reader.fault("no object") }
        var members: [Member] = []
        try reader.eachMember { (reader, name) throws(MalformedJSON) in
            reader.mends = []
            let value = try reader.value()
            members.append(Member(name: name, value: value, mends: reader.mends ?? []))
        }
        reader.skipSpace()
        while reader.take("\0") {}
        try reader.end()
        return members
    }

    private init(_ text: [UInt8], _ rule: NULRule) {
        self.text = text
        self.rule = rule
        skipSpace()
    }

    private mutating func end() throws(MalformedJSON) {
        skipSpace()
        guard position == text.count else { throw fault("something follows the value") }
    }

    func fault(_ reason: String) -> MalformedJSON { MalformedJSON(reason, at: position) }

    /// What should stand here and does not.
    func missing(_ reason: String) -> MalformedJSON {
        fault(position < text.count ? reason : "the text ends too early")
    }

    /// Notes that something is mended; where nothing may be, that is a fault.
    mutating func mend(_ mend: Mend, orThrow reason: @autoclosure () -> String) throws(MalformedJSON) {
        guard mends != nil else { throw fault(reason()) }
        mends?.insert(mend)
    }

    var isLenient: Bool { mends != nil }

    var next: UInt8? { position < text.count ? text[position] : nil }

    mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard next == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func value() throws(MalformedJSON) -> JSONValue {
        switch next {
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            guard depth < maximumDepth else {
                let limit = maximumDepth
                try mend(.depth, orThrow: "nested deeper than \(limit) levels")
                try skipNested()
                return .null
            }
            return next == UInt8(ascii: "{") ? try object() : try array()
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "-"), (UInt8(ascii: "0")...UInt8(ascii: "9"))?: return try number()
        default: return try word()
        }
    }

    private mutating func array() throws(MalformedJSON) -> JSONValue {
        depth += 1
        defer { depth -= 1 }
        position += 1
        skipSpace()
        var elements: [JSONValue] = []
        if take("]") { return .array(elements) }
        while true {
            skipSpace()
            elements.append(try value())
            skipSpace()
            if take("]") { return .array(elements) }
            guard take(",") else { throw missing("no comma or bracket after an element") }
        }
    }

    private mutating func object() throws(MalformedJSON) -> JSONValue {
        var members: [String: JSONValue] = [:]
        try eachMember { (reader, name) throws(MalformedJSON) in
            if members.updateValue(try reader.value(), forKey: name) != nil {
                try reader.mend(.duplicate, orThrow: "duplicate key")
            }
        }
        return .object(members)
    }

    /// Goes through the object that begins here; `body` reads the value of each member.
    private mutating func eachMember(
        _ body: (inout JSONReader, String) throws(MalformedJSON) -> Void
    ) throws(MalformedJSON) {
        depth += 1
        defer { depth -= 1 }
        position += 1
        skipSpace()
        if take("}") { return }
        while true {
            skipSpace()
            guard next == UInt8(ascii: "\"") else {
                throw missing(next == UInt8(ascii: "'") ? "a name in single quotes" : "no name of a member")
            }
            let name = try string()
            skipSpace()
            guard take(":") else { throw missing("no colon after a name") }
            skipSpace()
            try body(&self, name)
            skipSpace()
            if take("}") { return }
            guard take(",") else { throw missing("no comma or brace after a member") }
        }
    }

    /// Passes over an array or object, however deep, without reading what is in it.
    private mutating func skipNested() throws(MalformedJSON) {
        var closers: [UInt8] = []
        while let byte = next {
            switch byte {
            case UInt8(ascii: "{"): closers.append(UInt8(ascii: "}"))
            case UInt8(ascii: "["): closers.append(UInt8(ascii: "]"))
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                guard closers.popLast() == byte else { throw fault("a bracket that closes nothing") }
            case UInt8(ascii: "\""):
                _ = try string()
                continue
            default: break
            }
            position += 1
            if closers.isEmpty { return }
        }
        throw missing("")
    }
}
