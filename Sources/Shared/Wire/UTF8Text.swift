// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// Texts from outside, which are all in UTF-8: files, bodies, messages.
package enum UTF8Text {
    /// The text without the byte order mark that it may begin with.
    ///
    /// RFC 8259 (section 8.1) lets a reader of JSON ignore the mark, YAML 1.2 (section 5.2) demands it.
    package static func content(of bytes: [UInt8]) throws(NotUTF8) -> ArraySlice<UInt8> {
        if let encoding = otherEncoding(of: bytes) { throw NotUTF8(encoding: encoding, offset: 0) }
        do throws(Unicode.UTF8.ValidationError) {
            _ = try UTF8Span(validating: bytes.span)
        } catch {
            throw NotUTF8(encoding: nil, offset: error.byteOffsets.lowerBound)
        }
        return bytes.starts(with: mark) ? bytes.dropFirst(mark.count) : bytes[...]
    }

    /// In which line a byte is, from 1; lines end in LF, CRLF or CR.
    package static func line(of offset: Int, in bytes: [UInt8]) -> Int {
        lineStarts(in: bytes.prefix(offset)).count + 1
    }

    /// Where the lines after the first begin.
    package static func lineStarts(in bytes: ArraySlice<UInt8>) -> [Int] {
        bytes.indices.filter { index in
            switch bytes[index] {
            case UInt8(ascii: "\n"): true
            case UInt8(ascii: "\r"): index + 1 == bytes.endIndex || bytes[index + 1] != UInt8(ascii: "\n")
            default: false
            }
        }.map { $0 + 1 }
    }

    /// U+FEFF, which some programs write in front of a text.
    package static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]

    /// How texts in other encodings of Unicode begin, by the table of YAML 1.2 (section 5.2); 1 = any byte but 0.
    ///
    /// A text without a mark is known by its first character, which is of ASCII in JSON, and nearly always in YAML.
    private static let beginnings: [(bytes: [UInt8], encoding: String)] = [
        ([0, 0, 0xFE, 0xFF], "UTF-32"), ([0xFF, 0xFE, 0, 0], "UTF-32"), ([0, 0, 0, 1], "UTF-32BE"),
        ([1, 0, 0, 0], "UTF-32LE"), ([0xFE, 0xFF], "UTF-16"), ([0xFF, 0xFE], "UTF-16"), ([0, 1], "UTF-16BE"),
        ([1, 0], "UTF-16LE"),
    ]

    private static func otherEncoding(of bytes: [UInt8]) -> String? {
        beginnings.first { beginning in
            bytes.count >= beginning.bytes.count
                && zip(bytes, beginning.bytes).allSatisfy { byte, known in known == 1 ? byte != 0 : byte == known }
        }?.encoding
    }
}
