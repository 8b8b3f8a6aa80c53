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
    /// `lockEpoch` is the one under which the request was sent; `hasCallback` says whether it named an address to report at. After 410
    /// the job is to be disabled, too. What a `call` in another dialect has brought is judged by that: ``report(of:to:lockEpoch:)``.
    package func report(
        of request: ActionMessage, call: ClockMonsterCall? = nil, lockEpoch: Int64, hasCallback: Bool = false,
        now: Timestamp
    ) -> WorkerMessage {
        if let call { return report(of: request, to: call, lockEpoch: lockEpoch) }
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

    /// What it says of the run in the dialect `clockmonster`, where any answer below 300 is success.
    ///
    /// After any other the job's list says whether there is another attempt. Whatever comes of a dead letter, the run has failed then.
    private func report(of request: ActionMessage, to call: ClockMonsterCall, lockEpoch: Int64) -> WorkerMessage {
        var isSuccess = false
        if case .answer(let answer) = outcome { isSuccess = answer.status < 300 }
        let isCompleted = isSuccess && !call.isDeadLetter
        var report = WorkerMessage(
            runID: request.runID, content: .status(isCompleted ? .completed : .failed), attempt: request.attempt)
        report.sentUnder = lockEpoch
        report.seen = seen
        report.mayRetry = !call.isDeadLetter
        switch outcome {
        case .answer(let answer) where isCompleted: report.result = answer.result
        case .answer where isSuccess: report.error = "given up; the dead letter was taken"
        case .answer(let answer):
            report.error = call.isDeadLetter ? "given up; the dead letter: \(answer.error)" : answer.error
        case .failure(let reason):
            report.error = call.isDeadLetter ? "given up; the dead letter: \(reason)" : reason
        }
        return report
    }
}
