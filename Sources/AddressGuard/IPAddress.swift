// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// An IPv4 or IPv6 address.
package struct IPAddress: Hashable, Sendable, CustomStringConvertible {
    /// Its bits, the last of them lowest; of an IPv4 address 32, of an IPv6 address 128.
    package let bits: UInt128
    /// Whether it is an IPv4 address.
    package let isIPv4: Bool

    /// The IPv4 address of these 32 bits.
    package init(ipv4 bits: UInt32) {
        self.bits = UInt128(bits)
        isIPv4 = true
    }

    /// The IPv6 address of these 128 bits.
    package init(ipv6 bits: UInt128) {
        self.bits = bits
        isIPv4 = false
    }

    /// Reads the usual texts: four decimal numbers without leading zeros, or what RFC 4291, section 2.2, has for IPv6.
    ///
    /// `nil` for anything else, brackets and zones included.
    package init?(_ text: some StringProtocol) {
        if let bits = Self.dotted(text) {
            self.init(ipv4: bits)
        } else if let bits = Self.colons(Substring(text)) {
            self.init(ipv6: bits)
        } else {
            return nil
        }
    }

    /// As RFC 5952 writes it, without brackets.
    package var description: String {
        if isIPv4 { return Self.dotted(UInt32(truncatingIfNeeded: bits)) }
        if bits >> 32 == 0xFFFF { return "::ffff:" + Self.dotted(UInt32(truncatingIfNeeded: bits)) }
        let groups = (0..<8).map { UInt16(truncatingIfNeeded: bits >> (112 - 16 * $0)) }
        var longest = 0..<0
        var start = 0
        while start < 8 {
            let end = groups[start...].firstIndex { $0 != 0 } ?? 8
            if end - start > max(longest.count, 1) { longest = start..<end }
            start = end + 1
        }
        let texts = groups.map { String($0, radix: 16) }
        guard !longest.isEmpty else { return texts.joined(separator: ":") }
        return texts[..<longest.lowerBound].joined(separator: ":") + "::"
            + texts[longest.upperBound...].joined(separator: ":")
    }

    private static func dotted(_ bits: UInt32) -> String {
        "\(bits >> 24).\(bits >> 16 & 0xFF).\(bits >> 8 & 0xFF).\(bits & 0xFF)"
    }

    private static func dotted(_ text: some StringProtocol) -> UInt32? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var bits: UInt32 = 0
        for part in parts {
            guard (1...3).contains(part.utf8.count), part.utf8.allSatisfy(\.isDecimalDigit),
                part == "0" || !part.hasPrefix("0"), let number = UInt8(part)
            else { return nil }
            bits = bits << 8 | UInt32(number)
        }
        return bits
    }

    private static func colons(_ text: Substring) -> UInt128? {
        var groups: [UInt16]
        if let gap = text.firstRange(of: "::") {
            guard let head = self.groups(text[..<gap.lowerBound], mayEndInIPv4: false),
                let tail = self.groups(text[gap.upperBound...], mayEndInIPv4: true), head.count + tail.count < 8
            else { return nil }
            groups = head + [UInt16](repeating: 0, count: 8 - head.count - tail.count) + tail
        } else {
            guard let all = self.groups(text, mayEndInIPv4: true), all.count == 8 else { return nil }
            groups = all
        }
        return groups.reduce(0) { $0 << 16 | UInt128($1) }
    }

    private static func groups(_ text: Substring, mayEndInIPv4: Bool) -> [UInt16]? {
        guard !text.isEmpty else { return [] }
        var groups: [UInt16] = []
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        for (index, part) in parts.enumerated() {
            if mayEndInIPv4, index == parts.count - 1, let bits = dotted(part) {
                groups += [UInt16(truncatingIfNeeded: bits >> 16), UInt16(truncatingIfNeeded: bits)]
            } else {
                guard (1...4).contains(part.utf8.count), part.utf8.allSatisfy(\.isHexadecimalDigit),
                    let group = UInt16(part, radix: 16)
                else { return nil }
                groups.append(group)
            }
        }
        return groups
    }
}

extension IPAddress {
    /// The IPv4 address that an IPv4-mapped one is (RFC 4291, section 2.5.5.2), for the two are one to every system.
    ///
    /// Any other is itself.
    package var plain: IPAddress {
        !isIPv4 && bits >> 32 == 0xFFFF ? IPAddress(ipv4: UInt32(truncatingIfNeeded: bits)) : self
    }

    /// The IPv4 addresses at which a packet may come out that is sent to this IPv6 address: those inside translated (RFC 2765
    /// and 6052), 6to4 (RFC 3056), Teredo (RFC 4380) and IPv4-compatible ones.
    var embedded: [IPAddress] {
        guard !isIPv4 else { return [] }
        let last = UInt32(truncatingIfNeeded: bits)
        let first32 = UInt32(truncatingIfNeeded: bits >> 96)
        switch (first32, bits >> 32) {
        case (_, 0) where bits > 1, (_, 0xFFFF), (_, 0xFFFF_0000), (_, 0x64_FF9B << 64):
            return [IPAddress(ipv4: last)]
        case (0x64_FF9B, _) where UInt16(truncatingIfNeeded: bits >> 80) == 1:
            // A site chooses where in 64:ff9b:1::/48 (RFC 8215): at the end, or after 48 bits, around the eight that are zero.
            let parted = UInt32(truncatingIfNeeded: bits >> 64) << 16 | UInt32(truncatingIfNeeded: bits >> 40) & 0xFFFF
            return (last == 0 ? [parted] : parted == 0 ? [last] : [last, parted]).map { IPAddress(ipv4: $0) }
        case (0x2001_0000, _):
            return [IPAddress(ipv4: UInt32(truncatingIfNeeded: bits >> 64)), IPAddress(ipv4: ~last)]
        case (0x2002_0000...0x2002_FFFF, _):
            return [IPAddress(ipv4: UInt32(truncatingIfNeeded: bits >> 80))]
        default: return []
        }
    }
}

extension UInt8 {
    var isDecimalDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }

    var isHexadecimalDigit: Bool {
        isDecimalDigit || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(self | 0x20)
    }
}
