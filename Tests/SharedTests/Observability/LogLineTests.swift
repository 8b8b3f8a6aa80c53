// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Logging
import Shared
import Testing

struct LogLineTests {
    private func line(_ message: String, _ metadata: Logger.Metadata = [:]) -> LogLine {
        LogLine(
            time: Timestamp(millisecondsSinceEpoch: 1_790_000_000_000), level: .warning, message: message,
            metadata: metadata)
    }

    @Test func `a text line`() {
        let text = line("it happened", ["b": "two words", "a": "1", "c": "", "d": "x=y", "e": ["p", "q"]])
            .rendered(as: .text)
        #expect(
            text == #"2026-09-21T14:13:20.000Z warning it happened a=1 b="two words" c="" d="x=y" e=p,q"#)
    }

    @Test func `a JSON line`() {
        let json = line("it \"happened\"", ["b": "two", "a": ["x", "y"], "c": ["k": "v"]]).rendered(as: .json)
        #expect(
            json == #"{"time":"2026-09-21T14:13:20.000Z","level":"warning","message":"it \"happened\"","#
                + #""metadata":{"a":["x","y"],"b":"two","c":{"k":"v"}}}"#)
    }

    @Test(arguments: LogFormat.allCases)
    func `nothing breaks the line or commands the terminal`(format: LogFormat) {
        let evil = "a\nb\rc\u{1b}[31md\u{9b}2Je\u{0}f\u{2028}g\u{202e}h\u{7f}i\u{85}j\u{2066}k\t\u{e0041}"
        let text = line(evil, [evil: .string(evil), "x": [.string(evil)]]).rendered(as: format)
        let unsafe = text.unicodeScalars.filter {
            [.control, .format, .lineSeparator, .paragraphSeparator].contains($0.properties.generalCategory)
        }
        #expect(unsafe.isEmpty)
        #expect(text.contains(#"a\nb\rc\u001b[31md\u009b2Je\u0000f\u2028g\u202eh\u007fi\u0085j\u2066k\t\udb40\udc41"#))
    }

    @Test func `a value cannot pretend to be another key`() {
        let text = line("x", ["a": "1 b=2", "c": "\" d=\"3"]).rendered(as: .text)
        #expect(text.hasSuffix(#"x a="1 b=2" c="\" d=\"3""#))
    }
}
