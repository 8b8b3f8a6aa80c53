// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

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
