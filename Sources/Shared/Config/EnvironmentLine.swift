// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// Reads one line of an ``EnvironmentFile``.
struct EnvironmentLine {
    /// What was expected where something else stood.
    ///
    /// Never holds text of the line: it may be a secret.
    struct Fault: Error {
        let expected: String
    }

    private var rest: ArraySlice<Unicode.Scalar>

    /// Takes a line without its end.
    init(_ line: ArraySlice<Unicode.Scalar>) {
        rest = line
    }

    /// The variable that the line sets; `nil` when it is empty or a comment.
    mutating func parse() throws(Fault) -> (key: String, value: String)? {
        skipSpace()
        guard let first = rest.first, first != "#" else { return nil }
        var key = word()
        if key == "export", skipSpace() > 0, rest.first != "=" { key = word() }
        skipSpace()
        guard let start = key.unicodeScalars.first, !("0"..."9").contains(start), rest.popFirst() == "=" else {
            throw Fault(expected: "KEY=value, export KEY=value, a # comment or an empty line")
        }
        let gap = skipSpace()
        switch rest.first {
        case "'": return (key, try quoted("'", escapes: false))
        case "\"": return (key, try quoted("\"", escapes: true))
        default: return (key, unquoted(afterSpace: gap > 0))
        }
    }

    /// Letters, digits, `_` and `.`.
    private mutating func word() -> String {
        var word = String.UnicodeScalarView()
        while let scalar = rest.first {
            switch scalar {
            case "a"..."z", "A"..."Z", "0"..."9", "_", ".": word.append(scalar)
            default: return String(word)
            }
            rest.removeFirst()
        }
        return String(word)
    }

    private mutating func unquoted(afterSpace: Bool) -> String {
        var value = String.UnicodeScalarView()
        var isAfterSpace = afterSpace
        var length = 0
        for scalar in rest {
            if scalar == "#", isAfterSpace { break }
            value.append(scalar)
            isAfterSpace = Self.isSpace(scalar)
            if !isAfterSpace { length = value.count }
        }
        return String(String.UnicodeScalarView(value.prefix(length)))
    }

    private mutating func quoted(_ quote: Unicode.Scalar, escapes: Bool) throws(Fault) -> String {
        rest.removeFirst()
        var value = String.UnicodeScalarView()
        while let scalar = rest.popFirst() {
            if scalar == quote {
                let gap = skipSpace()
                guard rest.isEmpty || (gap > 0 && rest.first == "#") else {
                    throw Fault(expected: "nothing but a # comment after the closing quote")
                }
                return String(value)
            }
            value.append(escapes && scalar == "\\" ? try escaped() : scalar)
        }
        throw Fault(expected: "a closing quote on the same line")
    }

    private mutating func escaped() throws(Fault) -> Unicode.Scalar {
        switch rest.popFirst() {
        case "n": return "\n"
        case "r": return "\r"
        case "t": return "\t"
        case "\"": return "\""
        case "\\": return "\\"
        case "$": return "$"
        default: throw Fault(expected: #"\n, \r, \t, \", \\ or \$ after the backslash in double quotes"#)
        }
    }

    @discardableResult
    private mutating func skipSpace() -> Int {
        let spaces = rest.prefix(while: Self.isSpace).count
        rest.removeFirst(spaces)
        return spaces
    }

    private static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
        scalar == " " || scalar == "\t"
    }
}
