// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import Synchronization

/// Names requests, so that an answer and a log line can be put together.
package final class RequestIDs: Sendable {
    private let process: UInt32
    private let last = Atomic<UInt32>(0)

    /// Starts with a random part for this process.
    package init() {
        process = .random(in: .min ... .max)
    }

    /// The caller's own name for it when that is fit for a log, else a new one.
    package func name(_ given: String?) -> String {
        if let given, (1...64).contains(given.utf8.count), given.utf8.allSatisfy(Self.isPlain) { return given }
        let number = last.wrappingAdd(1, ordering: .relaxed).newValue
        return Hexadecimal.text(withUnsafeBytes(of: (process.bigEndian, number.bigEndian)) { Array($0) })
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        byte.isAlphanumeric || "._-".utf8.contains(byte)
    }
}
