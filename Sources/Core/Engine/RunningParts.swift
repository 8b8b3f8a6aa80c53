// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Synchronization

/// What of the engine has begun and not ended, so that a stop that takes long can say what it waits for.
final class RunningParts: Sendable {
    private let running = Mutex<Set<String>>([])

    /// The names of what is running now.
    var names: Set<String> { running.withLock { $0 } }

    /// Runs a part under its name.
    func run<Value: Sendable>(_ name: String, _ part: () async -> Value) async -> Value {
        _ = running.withLock { $0.insert(name) }
        defer { _ = running.withLock { $0.remove(name) } }
        return await part()
    }
}
