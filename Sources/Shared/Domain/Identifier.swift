// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// 12 bytes that name a run, a process or a mark: unique, and in the order of their making (contract, section 3).
package struct Identifier: Hashable, Comparable, Sendable {
    /// The first eight bytes: seconds since 1970, then the first half of the random part, big-endian.
    package let high: UInt64
    /// The last four bytes, big-endian.
    package let low: UInt32

    /// The two big-endian parts of an identifier that exists already; new ones come from ``IdentifierGenerator``.
    package init(high: UInt64, low: UInt32) {
        self.high = high
        self.low = low
    }

    /// Reads exactly 24 hexadecimal digits of either case; `nil` for anything else.
    package init?(hex: some StringProtocol) {
        let digits = hex.utf8
        guard digits.count == 24 else { return nil }
        var nibbles: (high: UInt64, low: UInt32) = (0, 0)
        for (index, digit) in digits.enumerated() {
            let value: UInt8
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = digit - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): value = digit - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): value = digit - UInt8(ascii: "A") + 10
            default: return nil
            }
            if index < 16 {
                nibbles.high = nibbles.high << 4 | UInt64(value)
            } else {
                nibbles.low = nibbles.low << 4 | UInt32(value)
            }
        }
        self.init(high: nibbles.high, low: nibbles.low)
    }

    /// All bytes zero.
    ///
    /// The Go program writes it for "no manager"; it never names anything.
    package static let zero = Identifier(high: 0, low: 0)

    /// 24 lower-case hexadecimal digits.
    package var hex: String {
        let digits = Array("0123456789abcdef".utf8)
        return String(unsafeUninitializedCapacity: 24) { buffer in
            for index in 0..<16 { buffer[index] = digits[Int(high >> UInt64(60 - 4 * index) & 0xf)] }
            for index in 0..<8 { buffer[16 + index] = digits[Int(low >> UInt32(28 - 4 * index) & 0xf)] }
            return 24
        }
    }

    package static func < (left: Identifier, right: Identifier) -> Bool {
        (left.high, left.low) < (right.high, right.low)
    }
}
