// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import DequeModule
import Shared
import Synchronization

/// What became of runs that somebody sends, on its way to ``ReportIngest``.
final class OutcomeReports: Sendable {
    private let reports = Mutex<Deque<OutcomeReport>>([])
    private let alarm = Alarm()

    func append(_ report: OutcomeReport) {
        reports.withLock { $0.append(report) }
        alarm.ring()
    }

    /// The next reports, in order: waits for one, then gives all that are there, at most `limit`; none when the task is
    /// cancelled.
    ///
    /// For one caller, which says when they are ``OutcomeSender/stored(_:)``.
    func next(limit: Int) async -> [OutcomeReport] {
        while reports.withLock(\.isEmpty), !Task.isCancelled { await alarm.wait() }
        guard !Task.isCancelled else { return [] }
        return reports.withLock { reports in
            let batch = Array(reports.prefix(limit))
            reports.removeFirst(batch.count)
            return batch
        }
    }
}

/// Who sends runs and says itself how they end.
protocol OutcomeSender: Sendable {
    var reports: OutcomeReports { get }

    /// The effects of these reports are stored; `runs` are those of them that are known, as they are now.
    func stored(_ batch: [OutcomeReport], _ runs: [RunID: KnownRun]) async
}

/// What a sender has to say of a run; a reference, for it is large.
final class OutcomeReport: Sendable {
    let message: WorkerMessage
    let jobName: JobName
    /// Whose it is.
    let key: PendingAction.Key
    /// Whether nothing more comes of that action.
    let isLast: Bool
    /// The run as it was known to be when it was sent, which saves reading it; `nil` = not known.
    let known: KnownRun?
    /// Set where the receiver says that it is gone for good: how the job delivered when the request was begun.
    let gone: JobDelivery?
    /// What made the request one of the dialect `clockmonster`.
    let call: ClockMonsterCall?

    init(
        message: WorkerMessage, jobName: JobName, key: PendingAction.Key, isLast: Bool, known: KnownRun? = nil,
        gone: JobDelivery? = nil, call: ClockMonsterCall? = nil
    ) {
        self.message = message
        self.jobName = jobName
        self.key = key
        self.isLast = isLast
        self.known = known
        self.gone = gone
        self.call = call
    }
}
