// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Logging

extension Logger {
    /// The same for packages of others, whose fields docs/telemetry.md does not know: warnings and errors only.
    var quiet: Logger {
        var quiet = self
        quiet.logLevel = max(logLevel, .warning)
        return quiet
    }
}
