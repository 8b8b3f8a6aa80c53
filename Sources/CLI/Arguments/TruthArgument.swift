// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import ArgumentParser

/// The value of a flag that may be left out, as it was typed.
///
/// Any text is taken here: the parser would say nothing of one that is refused, and take the flag's default instead.
struct TruthArgument: ExpressibleByArgument, CustomStringConvertible, Sendable {
    let text: String

    init(argument: String) {
        text = argument
    }

    /// What it means, in any case of its letters, as people and other programs write it; `nil` for anything else.
    var isTrue: Bool? {
        switch text.lowercased() {
        case "true", "yes", "on", "1": true
        case "false", "no", "off", "0": false
        default: nil
        }
    }

    /// - Throws: `ValidationError` when it means nothing.
    func check(_ flag: String) throws {
        if isTrue == nil { throw ValidationError("'\(text)' is no value for '\(flag)': true or false.") }
    }

    var description: String { text }

    /// What help and a shell's completion propose.
    static var allValueStrings: [String] { ["true", "false"] }
}
