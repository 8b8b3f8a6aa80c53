// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

private import Shared

/// Why a text is no YAML that is read here.
package struct MalformedYAML: Error, Equatable {
    /// From 1.
    package let line: Int
    /// In words for whoever wrote it.
    package let reason: String

    package init(line: Int, reason: String) {
        self.line = line
        self.reason = reason
    }
}

extension MalformedYAML {
    /// A place of libyaml's, which counts from 0.
    struct Mark: Equatable {
        let line: Int
        let column: Int
    }

    /// Says what libyaml has found to somebody who wrote the text, and what to write instead.
    ///
    /// Its own words are those of a parser's author: "found character that cannot start any token" for `cron: @daily`.
    /// `start` is where the construct begins in which it stumbled at `mark`.
    init(problem: String, context: String, at mark: Mark, since start: Mark, in text: [UInt8]) {
        let character = Self.character(at: mark, in: text)
        let hasNoEnd = context.contains("quoted scalar") && !problem.contains("escape")
        let isOpen = problem.hasPrefix("did not find expected ','") && character == nil
        let place = context.contains("simple key") || hasNoEnd || isOpen ? start : mark
        self.init(line: place.line + 1, reason: Self.words(problem, context, character) ?? EscapedText.bare(problem))
    }

    /// `nil` for what libyaml says well enough itself.
    private static func words(_ problem: String, _ context: String, _ character: Unicode.Scalar?) -> String? {
        switch problem {
        case _ where problem.contains("tab character"),
            "found character that cannot start any token" where character == "\t":
            return "a tab stands where only spaces may indent: write spaces"
        case "found character that cannot start any token":
            guard let character else { return nil }
            let example = character == "@" ? ": cron: \"@daily\"" : ""
            return "a text that begins with \(EscapedText.bare(String(character))) needs quotes\(example)"
        case _ where context.contains("alias") || context.contains("anchor"):
            return "a text that begins with * or & needs quotes: cron: \"*/5 * * * *\""
        case _ where context.contains("tag"): return "a text that begins with ! needs quotes"
        case "block sequence entries are not allowed in this context":
            return "a text that begins with a hyphen and a space needs quotes; a list begins on a line of its own"
        case "mapping keys are not allowed in this context":
            return "a text that begins with a question mark and a space needs quotes"
        case "mapping values are not allowed in this context":
            return "a text with a colon and a space in it needs quotes, and fields of one job are indented alike"
        case "could not find expected ':'": return "a line that is no field: write name: value"
        case "did not find expected key", "did not find expected '-' indicator":
            return "the line is not indented like those before it, or something follows the end of a quoted text"
        case "did not find expected ',' or ']'", "did not find expected ',' or '}'",
            "did not find expected node content":
            return "brackets or braces do not fit; a text that begins with [ ] { or } needs quotes"
        case "found unexpected end of stream" where context.contains("quoted"),
            "found unexpected document indicator":
            return "the quote that begins here has no end"
        case "found unknown escape character":
            return "an unknown escape in double quotes: write \\\\ for a backslash, or use single quotes"
        case "did not find expected <document start>":
            return
                "something follows the end of a document: indent all fields alike, and write --- before another document"
        default: return nil
        }
    }

    private static func character(at mark: Mark, in text: [UInt8]) -> Unicode.Scalar? {
        let starts = [0] + UTF8Text.lineStarts(in: text[...])
        guard starts.indices.contains(mark.line) else { return nil }
        let rest = String(decoding: text[starts[mark.line]...].prefix(4 * (mark.column + 1)), as: UTF8.self)
        return rest.unicodeScalars.dropFirst(mark.column).first
    }
}
