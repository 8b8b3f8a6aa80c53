// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// Text from anywhere, made safe to print: it stays on its line and commands no terminal.
///
/// Control and format characters (the C1 set, line separators and changes of writing direction among them) become
/// `\n`, `\r`, `\t` or `\u` and four hexadecimal digits, as in JSON.
package enum EscapedText {
    /// Escapes what is unsafe and nothing else.
    package static func bare(_ text: String) -> String {
        isPlain(text, quoting: false) ? text : escape(text, quoting: false)
    }

    /// Puts it into double quotes, with `"` and `\` escaped: a JSON string.
    package static func quoted(_ text: String) -> String {
        "\"" + (isPlain(text, quoting: true) ? text : escape(text, quoting: true)) + "\""
    }

    private static func isPlain(_ text: String, quoting: Bool) -> Bool {
        text.utf8.allSatisfy {
            (0x20..<0x7f).contains($0) && !(quoting && ($0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\")))
        }
    }

    private static func escape(_ text: String, quoting: Bool) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case "\"" where quoting: result += "\\\""
            case "\\" where quoting: result += "\\\\"
            case _ where isUnsafe(scalar):
                for unit in String(scalar).utf16 {
                    let digits = String(unit, radix: 16)
                    result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                }
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    private static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }
}
