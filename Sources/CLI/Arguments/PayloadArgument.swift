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
        let bytes = text.hasPrefix("@") ? try InputFile.bytes(at: String(text.dropFirst())) : Array(text.utf8)
        do {
            return try JSONReader.read(bytes)
        } catch {
            throw CLIFailure(
                .usage, "--payload: not JSON: \(error)",
                hints: #"A text needs quotes of its own: --payload '"text"'. From a file: --payload @file.json"#)
        }
    }
}
