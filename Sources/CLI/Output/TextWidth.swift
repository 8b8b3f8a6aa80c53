// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// How many columns of a terminal a text takes.
enum TextWidth {
    static func of(_ text: String) -> Int {
        let isPlain = text.utf8.allSatisfy { $0 < 0x80 }
        return isPlain ? text.utf8.count : text.unicodeScalars.reduce(0) { $0 + width(of: $1) }
    }

    /// The text cut to so many columns, with an ellipsis where something was cut.
    static func fit(_ text: String, _ width: Int) -> String {
        guard of(text) > width else { return text }
        var result = String.UnicodeScalarView()
        var room = width - 1
        for scalar in text.unicodeScalars {
            room -= Self.width(of: scalar)
            if room < 0 { break }
            result.append(scalar)
        }
        return String(result) + "…"
    }

    private static func width(of scalar: Unicode.Scalar) -> Int {
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark: return 0
        default: break
        }
        switch scalar.value {
        // East Asian wide and full-width blocks, and emoji (UAX #11).
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
            0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F680...0x1F6FF, 0x1F900...0x1F9FF,
            0x20000...0x3FFFD:
            return 2
        default: return 1
        }
    }
}
