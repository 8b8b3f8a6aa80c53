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

extension Run {
    /// Stands for a document that occupies a slot and cannot be understood: ended, so that nothing is done with it and
    /// the slot counts as decided.
    static func unreadable(_ id: Identifier, insteadOf run: Run) -> Run {
        var standIn = Run(
            id: RunID(id), jobName: run.jobName, createdTime: run.createdTime, scheduledTime: run.scheduledTime,
            trigger: run.trigger, lockEpoch: run.lockEpoch)
        standIn.status = .failed
        standIn.endTime = run.createdTime
        standIn.error = "the stored document cannot be understood"
        return standIn
    }
}
