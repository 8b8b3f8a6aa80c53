// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

extension String {
    /// What stands in single quotes: in RabbitMQ's refusals the names of what is at fault, of its virtual host and the like.
    ///
    /// A reply text is cut at 255 bytes, so a name may be missing.
    var quoted: Set<String> {
        let parts = split(separator: "'", omittingEmptySubsequences: false).dropLast()
        return Set(parts.enumerated().lazy.filter { $0.offset % 2 == 1 }.map { String($0.element) })
    }
}
