// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// Percent-encoding (RFC 3986, section 2.1).
package enum PercentText {
    /// Decodes a part of a path or query; `nil` for a broken escape, NUL, or what is not UTF-8.
    package static func decode(_ bytes: some Sequence<UInt8>, plusIsSpace: Bool = false) -> String? {
        var result: [UInt8] = []
        var iterator = bytes.makeIterator()
        while let byte = iterator.next() {
            switch byte {
            case UInt8(ascii: "%"):
                guard let high = iterator.next().flatMap(digit), let low = iterator.next().flatMap(digit) else {
                    return nil
                }
                result.append(high << 4 | low)
            case UInt8(ascii: "+") where plusIsSpace: result.append(0x20)
            default: result.append(byte)
            }
        }
        guard !result.contains(0) else { return nil }
        return String(validating: result, as: UTF8.self)
    }

    /// A path in which letters, digits and `-._~` stand as they are and all other escapes in capitals (RFC 3986, section
    /// 6.2.2); `nil` for what cannot be decoded.
    package static func normalized(_ path: Substring) -> String? {
        guard path.utf8.contains(UInt8(ascii: "%")) else { return String(path) }
        guard decode(path.utf8) != nil else { return nil }
        var result: [UInt8] = []
        var iterator = path.utf8.makeIterator()
        while let byte = iterator.next() {
            guard byte == UInt8(ascii: "%"), let high = iterator.next().flatMap(digit),
                let low = iterator.next().flatMap(digit)
            else {
                result.append(byte)
                continue
            }
            let value = high << 4 | low
            if isUnreserved(value) { result.append(value) } else { result += escape(value) }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// Encodes a value for a query; only letters, digits and `-._~` stay as they are.
    package static func encode(_ text: String) -> String {
        var result: [UInt8] = []
        for byte in text.utf8 {
            if isUnreserved(byte) { result.append(byte) } else { result += escape(byte) }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// Whether an escape of this byte means the same as the byte (RFC 3986, section 2.3).
    package static func isUnreserved(_ byte: UInt8) -> Bool {
        byte.isAlphanumeric || "-._~".utf8.contains(byte)
    }

    private static func escape(_ byte: UInt8) -> [UInt8] {
        let digits = Array("0123456789ABCDEF".utf8)
        return [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 0xf)]]
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
