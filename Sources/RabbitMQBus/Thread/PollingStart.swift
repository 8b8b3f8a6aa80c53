// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// What a new thread is given.
final class PollingStart: Sendable {
    let loop: PollingLoop
    let name: String

    init(loop: PollingLoop, name: String) {
        self.loop = loop
        self.name = name
    }
}
