// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// The host of a URL, as whoever resolves it would understand it.
package enum WrittenHost: Hashable, Sendable {
    /// A name, in lower case and without a dot at the end; whatever it resolves to.
    case name(String)
    /// An address, in any spelling: `127.0.0.1`, `127.1`, `0x7f000001`, `2130706433`, `0177.0.0.1`, `[::1]`, each with a dot at
    /// the end, too.
    case address(IPAddress)
    /// Neither; some resolver may make an address of it.
    case unclear

    /// Takes the host as it stands in a URL, an IPv6 address in its brackets.
    package init(_ text: some StringProtocol) {
        if text.hasPrefix("["), text.hasSuffix("]") {
            let address = IPAddress(text.dropFirst().dropLast())
            self = address.flatMap { $0.isIPv4 ? nil : .address($0) } ?? .unclear
            return
        }
        let host = (text.hasSuffix(".") ? String(text.dropLast()) : String(text)).lowercased()
        let labels = host.split(separator: ".", omittingEmptySubsequences: false)
        guard host.utf8.count <= 253,
            labels.allSatisfy({ (1...63).contains($0.utf8.count) && $0.utf8.allSatisfy(Self.mayStandInName) }),
            let last = labels.last
        else {
            self = .unclear
            return
        }
        // As the URL Standard tells addresses from names: by the last label.
        guard last.utf8.allSatisfy(\.isDecimalDigit) || Self.hexadecimal(last)?.allSatisfy(\.isHexadecimalDigit) == true
        else {
            self = .name(host)
            return
        }
        self = Self.numbers(labels).map { .address(IPAddress(ipv4: $0)) } ?? .unclear
    }

    private static func mayStandInName(_ byte: UInt8) -> Bool {
        byte.isDecimalDigit || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || byte == UInt8(ascii: "-")
            || byte == UInt8(ascii: "_")
    }

    private static func hexadecimal(_ label: Substring) -> Substring.UTF8View? {
        label.hasPrefix("0x") ? label.dropFirst(2).utf8 : nil
    }

    /// One to four numbers as `inet_aton` takes them: decimal, octal with a leading zero, hexadecimal with 0x; the last fills
    /// what is left of the 32 bits.
    private static func numbers(_ labels: [Substring]) -> UInt32? {
        guard labels.count <= 4 else { return nil }
        var bits: UInt64 = 0
        for (index, label) in labels.enumerated() {
            let width = index == labels.count - 1 ? 8 * (5 - labels.count) : 8
            guard let number = number(label), number < UInt64(1) << width else { return nil }
            bits = bits << width | number
        }
        return UInt32(bits)
    }

    private static func number(_ label: Substring) -> UInt64? {
        if let digits = hexadecimal(label) {
            guard digits.allSatisfy(\.isHexadecimalDigit) else { return nil }
            return digits.isEmpty ? 0 : UInt64(label.dropFirst(2), radix: 16)
        }
        guard label.utf8.allSatisfy(\.isDecimalDigit) else { return nil }
        return UInt64(label, radix: label.hasPrefix("0") && label != "0" ? 8 : 10)
    }
}
