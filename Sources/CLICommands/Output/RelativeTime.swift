// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// Times as people say them.
///
/// | distance | text |
/// |---|---|
/// | below a second | now |
/// | below a minute | in 12 s, 12 s ago |
/// | below an hour | in 4 min |
/// | below two days | in 3 h |
/// | below 60 days | in 5 d |
/// | else | the day |
enum RelativeTime {
    static func text(_ time: Timestamp, from now: Timestamp) -> String {
        let distance = (time - now).milliseconds
        let size = distance.magnitude / 1_000
        let words: String
        switch size {
        case 0: return "now"
        case ..<60: words = "\(size) s"
        case ..<3_600: words = "\(size / 60) min"
        case ..<172_800: words = "\(size / 3_600) h"
        case ..<5_184_000: words = "\(size / 86_400) d"
        default: return String(time.rfc3339.prefix(10))
        }
        return distance > 0 ? "in \(words)" : "\(words) ago"
    }
}
