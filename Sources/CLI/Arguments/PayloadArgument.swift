// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import ArgumentParser
import Shared

/// A payload on the command line: JSON, or `@` and the file that holds it (`@-` = standard input).
struct PayloadArgument: ExpressibleByArgument, Sendable {
    let text: String

    init?(argument: String) {
        text = argument
    }

    /// The payload itself; reads the file.
    func json() throws -> JSONValue {
        let path = text.hasPrefix("@") ? String(text.dropFirst()) : nil
        let bytes = try path.map { try InputFile.text(at: $0) } ?? Array(text.utf8)
        do {
            return try JSONReader.read(bytes)
        } catch {
            let file = path.map { "\($0 == "-" ? "standard input" : EscapedText.bare($0)):" } ?? ""
            throw CLIFailure(
                .usage, "--payload: not JSON: \(file)\(error.place(in: bytes)): \(error.reason)",
                hints: #"A text needs quotes of its own: --payload '"text"'. From a file: --payload @file.json"#)
        }
    }
}
