// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Glibc

extension timeval {
    /// Cut to whole microseconds.
    init(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        self.init(tv_sec: Int(seconds), tv_usec: Int(attoseconds / 1_000_000_000_000))
    }
}
