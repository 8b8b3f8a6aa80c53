// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared

extension RequestEnd {
    /// Whether the receiver says that nobody will be there again.
    package var isGone: Bool { if case .answer(let answer) = outcome { answer.status == 410 } else { false } }

    /// What it says of the run (contract, section 9), in the form in which a worker would say it.
    ///
    /// | answer | run |
    /// |---|---|
    /// | 202 | goes on, where its receiver can report; else failed |
    /// | any other 2xx | completed, with the body as result |
    /// | 3xx, 4xx but 408, 425, 429 | failed for good |
    /// | any other, and none | failed; another attempt may follow, not before `Retry-After` has passed |
    ///
    /// `lockEpoch` is the one under which the request was sent; `hasCallback` says whether it named an address to report at. After 410 the job is to be disabled, too.
    package func report(
        of request: ActionMessage, lockEpoch: Int64, hasCallback: Bool = false, now: Timestamp
    ) -> WorkerMessage {
        var status = RunStatus.failed
        var isAccepted = false
        if case .answer(let answer) = outcome, 200..<300 ~= answer.status {
            isAccepted = hasCallback && answer.status == 202
            if answer.status != 202 { status = .completed }
        }
        var report = WorkerMessage(
            runID: request.runID, content: isAccepted ? .accepted : .status(status), attempt: request.attempt)
        report.sentUnder = lockEpoch
        report.seen = seen
        if isAccepted { return report }
        switch outcome {
        case .failure(let reason): report.error = reason
        case .answer(let answer) where status == .completed: report.result = answer.result
        case .answer(let answer) where answer.status == 202:
            report.error = "HTTP 202: no address to report at: SIMPLE_SCHEDULER_PUBLIC_URL is not set"
        case .answer(let answer):
            report.error = answer.error
            report.mayRetry = !(300..<500 ~= answer.status) || [408, 425, 429].contains(answer.status)
            if report.mayRetry {
                report.retryAfter = answer.retryAfter.flatMap { RetryAfter.wait($0, now: now) } ?? .zero
            }
        }
        return report
    }
}
