// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// What output is made for: a person at a terminal, or a file or program.
struct Screen: Sendable {
    /// Whether standard output is a terminal: then times are relative to now.
    var isTerminal = false
    /// The columns that a line may have; `nil` = as many as it takes.
    var width: Int?
    /// The lines that fit.
    var height = 24
    var hasColors = false
    /// The time that relative times count from.
    var now: Timestamp

    /// A time for people, or RFC 3339 for programs.
    func time(_ time: Timestamp?) -> String {
        guard let time else { return "" }
        return isTerminal ? RelativeTime.text(time, from: now) : time.rfc3339
    }

    /// Puts a style around a text where there are colours.
    func styled(_ text: String, _ style: Style?) -> String {
        guard hasColors, let style, !text.isEmpty else { return text }
        return "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m"
    }
}

/// The colours of a terminal that have a meaning here.
enum Style: String, Sendable {
    case bold = "1"
    case dim = "2"
    case red = "31"
    case green = "32"
    case yellow = "33"
    case cyan = "36"

    /// That of a run's status.
    init?(_ status: RunStatus?) {
        switch status {
        case .completed: self = .green
        case .failed: self = .red
        case .running: self = .cyan
        case .pending, .cancelling: self = .yellow
        case .cancelled: self = .dim
        case nil: return nil
        }
    }
}
