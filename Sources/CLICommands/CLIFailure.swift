// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// What went wrong, said to a person, and the exit code that scripts see.
struct CLIFailure: Error, Equatable, CustomStringConvertible {
    /// The exit codes of contract section 7, besides 0.
    enum Code: Int32, Sendable {
        /// None of the others.
        case other = 1
        /// The command line or a file is not what it should be.
        case usage = 64
        /// The API cannot be reached.
        case unreachable = 69
        /// Not logged in, or refused.
        case refused = 77
    }

    /// The exit code.
    var code: Code
    /// One line without a full stop: what happened.
    var message: String
    /// What to do about it, a line each.
    var hints: [String]

    init(_ code: Code, _ message: String, hints: String...) {
        self.code = code
        self.message = message
        self.hints = hints
    }

    /// What is written to standard error.
    var description: String {
        (["error: \(message)"] + hints).joined(separator: "\n  ")
    }
}
