// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// The variables of an env file: lines of `KEY=value`.
///
/// Parsed here and not by swift-configuration, whose reader knows neither quotes nor `export`: files that were written
/// for the Go program, which has both, must mean the same to us.
///
/// | line | means |
/// |---|---|
/// | `KEY=value` | everything up to the end or to a `#` after white space, trimmed |
/// | `KEY='value'` | the characters between the quotes as they are |
/// | `KEY="value"` | likewise, but `\n`, `\r`, `\t`, `\"`, `\\`, `\$` are escapes |
/// | `export KEY=value` | the same as without `export` |
/// | empty, or `#` first | nothing |
///
/// Anything else is a fault. A value ends with its line, `$` has no meaning, and of two lines for one key the last wins.
/// The text is UTF-8, with or without a byte order mark; lines end in LF, CRLF or CR.
package struct EnvironmentFile: Hashable, Sendable {
    /// The most bytes that a file may have.
    package static let maximumSize = 1 << 20

    /// The variables by name; a value may be empty.
    package let values: [String: String]

    /// Reads a whole file.
    ///
    /// `path` is for messages only.
    ///
    /// - Throws: ``InvalidSettings`` with one fault per line that is at fault; never a value from the file.
    package init(bytes: [UInt8], path: String) throws(InvalidSettings) {
        guard bytes.count <= Self.maximumSize else {
            throw InvalidSettings([SettingFault(subject: path, expected: "a file of at most 1 MiB")])
        }
        let text = try Self.text(of: bytes, path: path)
        var values: [String: String] = [:]
        var faults: [SettingFault] = []
        // A pair of CR and LF is one character.
        let lines = text.split(omittingEmptySubsequences: false) { ["\n", "\r\n", "\r"].contains($0) }
        for (index, line) in lines.enumerated() {
            var parser = EnvironmentLine(Array(line.unicodeScalars)[...])
            do throws(EnvironmentLine.Fault) {
                guard let (key, value) = try parser.parse() else { continue }
                values[key] = value
            } catch {
                faults.append(SettingFault(subject: "\(path):\(index + 1)", expected: error.expected))
            }
        }
        guard faults.isEmpty else { throw InvalidSettings(faults) }
        self.values = values
    }

    private static func text(of bytes: [UInt8], path: String) throws(InvalidSettings) -> String {
        let content: ArraySlice<UInt8>
        do throws(NotUTF8) {
            content = try UTF8Text.content(of: bytes)
        } catch {
            let place = error.encoding == nil ? "\(path):\(UTF8Text.line(of: error.offset, in: bytes))" : path
            let expected = "UTF-8 text; this \(error.reason), convert it: \(error.conversion(of: path))"
            throw InvalidSettings([SettingFault(subject: place, expected: expected)])
        }
        if let nul = content.firstIndex(of: 0) {
            let place = "\(path):\(UTF8Text.line(of: nul, in: bytes))"
            throw InvalidSettings([SettingFault(subject: place, expected: "text without a NUL character")])
        }
        return String(decoding: content, as: UTF8.self)
    }
}
