// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Logging
import Shared
import Synchronization

/// Warns once per run document that cannot be understood, or in part only; the former is left alone and hides nothing else.
final class UnreadableRuns: Sendable {
    /// How many ids are remembered; then there are no more warnings until the process ends.
    private static let capacity = 1000

    private let logger: Logger
    private let known = Mutex<Set<Identifier>>([])

    init(logger: Logger) {
        self.logger = logger
    }

    func report(_ id: Identifier?, _ reasons: [String]) {
        report(id, reasons, "a run document cannot be understood and is left alone")
    }

    func report(_ id: Identifier?, ignoring reasons: [String]) {
        report(id, reasons, "fields of a run document cannot be understood and count as absent")
    }

    private func report(_ id: Identifier?, _ reasons: [String], _ text: Logger.Message) {
        let isNew = known.withLock { known in
            known.count < Self.capacity && known.insert(id ?? .zero).inserted
        }
        guard isNew else { return }
        logger.log(
            .warning, text,
            [.run: "\(id?.hex ?? "no ObjectId")", .reasons: "\(reasons.joined(separator: "; "))"])
    }
}
