// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import Testing

struct EnvironmentFileTests {
    @Test(arguments: [
        ("KEY=value", ["KEY": "value"]),
        ("KEY = value ", ["KEY": "value"]),
        ("  KEY=value", ["KEY": "value"]),
        ("export KEY=value", ["KEY": "value"]),
        ("export\tKEY='v'", ["KEY": "v"]),
        ("export=1", ["export": "1"]),
        ("export =1", ["export": "1"]),
        ("KEY=", ["KEY": ""]),
        ("KEY= # comment", ["KEY": ""]),
        ("KEY=value # comment", ["KEY": "value"]),
        ("KEY=value\t# comment", ["KEY": "value"]),
        ("KEY=value#no comment", ["KEY": "value#no comment"]),
        ("KEY=#value", ["KEY": "#value"]),
        ("KEY=a=b=c", ["KEY": "a=b=c"]),
        ("KEY=two words", ["KEY": "two words"]),
        ("KEY=it's \"so\"", ["KEY": "it's \"so\""]),
        ("KEY=$HOME${X}", ["KEY": "$HOME${X}"]),
        ("KEY='a # \"b\" \\n $c'", ["KEY": #"a # "b" \n $c"#]),
        ("KEY='' # comment", ["KEY": ""]),
        (#"KEY="a # 'b' \"c\" \\ \n\t\r\$""#, ["KEY": "a # 'b' \"c\" \\ \n\t\r$"]),
        ("A=1\r\nB=2\r\n", ["A": "1", "B": "2"]),
        ("A=1\rB='2'\r\rC=3\r", ["A": "1", "B": "2", "C": "3"]),
        ("\u{FEFF}# comment\r\nexport A=1\r\n", ["A": "1"]),
        ("\u{FEFF}", [:]),
        ("\t# comment\n\tA\t=\t1\t", ["A": "1"]),
        ("A=1\n\n  \n# B=2\n  # C=3\nD=4", ["A": "1", "D": "4"]),
        ("\u{FEFF}A=1", ["A": "1"]),
        ("A=1\nA=2", ["A": "2"]),
        ("KEY=grüße 時", ["KEY": "grüße 時"]),
        ("a.b_C9=1", ["a.b_C9": "1"]),
        ("", [:]),
    ])
    func `a good file`(text: String, values: [String: String]) throws {
        #expect(try EnvironmentFile(bytes: Array(text.utf8), path: "f").values == values)
    }

    @Test(arguments: [
        "secret", "KEY: secret", "=secret", "9KEY=secret", "MY KEY=secret", "MY-KEY=secret", "export secret",
        "KEY='secret", "KEY=\"secret", "KEY='secret' secret", "KEY='secret'# secret", #"KEY="secret\x""#,
        #"KEY="secret\"#, "\u{FEFF}\u{FEFF}A=secret", "KEY\u{301}=secret",
    ])
    func `a line that is at fault is named but not shown`(line: String) throws {
        let error = #expect(throws: InvalidSettings.self) {
            try EnvironmentFile(bytes: Array("# first\n\(line)\nGOOD=1\n".utf8), path: "dir/f.env")
        }
        let isFirstLineFault = line.hasPrefix("\u{FEFF}")
        let fault = try #require(error?.faults.first)
        #expect(error?.faults.count == 1)
        #expect(fault.subject == "dir/f.env:2" || isFirstLineFault)
        #expect(fault.value == nil)
        #expect(!fault.description.contains("secret"))
    }

    @Test func `all faulty lines are named`() {
        let error = #expect(throws: InvalidSettings.self) {
            try EnvironmentFile(bytes: Array("a\nB=1\nc\nd".utf8), path: "f")
        }
        #expect(error?.faults.map(\.subject) == ["f:1", "f:3", "f:4"])
    }

    @Test(arguments: [
        (
            [UInt8](repeating: UInt8(ascii: "#"), count: EnvironmentFile.maximumSize + 1),
            "f: expected a file of at most 1 MiB"
        ),
        (Array("A=1\r\nB=secret\0".utf8), "f:2: expected text without a NUL character"),
        (
            Array("A=1\rB=secret ".utf8) + [0xe9],
            "f:2: expected UTF-8 text; this is not UTF-8, convert it: iconv -f WINDOWS-1252 -t UTF-8 f"
        ),
    ])
    func `a file that is no text, or too big, is one fault`(bytes: [UInt8], fault: String) {
        let error = #expect(throws: InvalidSettings.self) { try EnvironmentFile(bytes: bytes, path: "f") }
        #expect(error?.faults.map(\.description) == [fault])
    }

    @Test(arguments: [
        ([0xFF, 0xFE], "UTF-16"), ([0xFE, 0xFF], "UTF-16"), ([], "UTF-16LE"), ([0xFF, 0xFE, 0, 0], "UTF-32"),
    ])
    func `a file in another encoding is refused with the command that converts it`(mark: [UInt8], encoding: String) {
        let error = #expect(throws: InvalidSettings.self) {
            try EnvironmentFile(bytes: mark + "A=secret\r\n".utf8.flatMap { [$0, 0] }, path: "f")
        }
        #expect(
            error?.faults.map(\.description) == [
                "f: expected UTF-8 text; this is \(encoding), not UTF-8, convert it: iconv -f \(encoding) -t UTF-8 f"
            ])
    }

    @Test func `a file of the greatest size is read`() throws {
        let bytes = [UInt8](repeating: UInt8(ascii: "#"), count: EnvironmentFile.maximumSize)
        #expect(try EnvironmentFile(bytes: bytes, path: "f").values.isEmpty)
    }
}
