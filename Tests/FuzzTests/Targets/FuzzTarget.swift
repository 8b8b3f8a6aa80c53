// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// A parser of bytes from outside, by the name of its corpus.
///
/// A target fails by a trap, by an endless loop, by memory without bounds, or by a `precondition` of its own.
enum FuzzTarget: String, CaseIterable, Sendable {
    case cron
    case documents
    case environment
    case keys
    case messages
    case requests
    case tokens

    /// Gives these bytes to the parser.
    func run(_ bytes: [UInt8]) {
        switch self {
        case .cron: Self.runCron(bytes)
        case .documents: Self.runDocuments(bytes)
        case .environment: Self.runEnvironment(bytes)
        case .keys: Self.runKeys(bytes)
        case .messages: Self.runMessages(bytes)
        case .requests: Self.runRequests(bytes)
        case .tokens: Self.runTokens(bytes)
        }
    }

    /// The line up to the first line feed, and the rest.
    static func firstLine(_ bytes: [UInt8]) -> (line: [UInt8], rest: [UInt8]) {
        guard let end = bytes.firstIndex(of: UInt8(ascii: "\n")) else { return (bytes, []) }
        return (Array(bytes[..<end]), Array(bytes[(end + 1)...]))
    }
}
