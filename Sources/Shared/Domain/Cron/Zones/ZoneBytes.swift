// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// Takes bytes off the front of a zone's file, never past its end.
struct ZoneBytes {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) {
        rest = bytes[...]
    }

    mutating func take(_ count: Int) throws(MalformedZoneFile) -> ArraySlice<UInt8> {
        guard count >= 0, count <= rest.count else { throw MalformedZoneFile("is cut short") }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }

    /// A two's complement integer of 4 or 8 bytes, the highest first.
    mutating func integer(width: Int) throws(MalformedZoneFile) -> Int {
        let bits = try take(width).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return width == 4 ? Int(Int32(truncatingIfNeeded: bits)) : Int(Int64(bitPattern: bits))
    }

    /// The text between two line feeds.
    mutating func footer() throws(MalformedZoneFile) -> String {
        guard try take(1).first == UInt8(ascii: "\n"), let end = rest.firstIndex(of: UInt8(ascii: "\n")) else {
            throw MalformedZoneFile("has no footer")
        }
        let text = rest[..<end]
        guard text.count <= 256, text.allSatisfy({ (0x21..<0x7f).contains($0) }) else {
            throw MalformedZoneFile("has a footer that is not ASCII")
        }
        return String(decoding: text, as: UTF8.self)
    }
}
