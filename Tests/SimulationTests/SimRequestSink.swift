// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import TestSupport

/// Requests as one simulated process sees them: refused, slow, never answered, answered and the answer lost; and the process
/// may die before and after; some receivers take the run over.
struct SimRequestSink: RequestSink {
    let process: SimProcess
    let time: SimTime
    let faults: FaultPlan
    let checker: InvariantChecker
    var receivers: SimReceivers?

    /// Who answers 500 to everything.
    static let broken = "broken.example"

    private var world: SimWorld { faults.world }

    func send(_ request: RunRequest) async -> RequestEnd {
        RequestEnd(outcome: await outcome(of: request))
    }

    private func outcome(of request: RunRequest) async -> RequestOutcome {
        await mishap("before a request")
        // What was broken off before it left was never sent.
        guard !process.isDead, !Task.isCancelled else { return .failure("nothing was sent") }
        world.detail("\(process.name) sends \(request.message.jobName) \(request.message.messageID)")
        checker.check(request.message, isRequest: true)
        let kind = faults.isQuiet ? 0.9 : world.random { Double.random(in: 0..<1, using: &$0) }
        if kind < 0.05 { return .failure("connection refused") }
        let isAccepted = receivers != nil && kind >= 0.22 && world.chance(request.message.action == .cancel ? 1 : 0.3)
        if isAccepted { receivers?.accept(request) }
        let work = kind < 0.1 ? .seconds(3_600) : world.random(.milliseconds(1)...(.milliseconds(900)))
        do { try await time.sleep(for: work) } catch { return .failure("broken off") }
        await mishap("after a request")
        if request.delivery.authority == Self.broken { return .answer(RequestAnswer(status: 500)) }
        switch kind {
        case ..<0.15: return .failure("the connection was closed")
        case ..<0.18:
            var busy = RequestAnswer(status: 429)
            busy.retryAfter = "3"
            return .answer(busy)
        case ..<0.2: return .answer(RequestAnswer(status: 503))
        case ..<0.22: return .answer(RequestAnswer(status: 404))
        default: return .answer(RequestAnswer(status: isAccepted ? 202 : 200, body: Array("{}".utf8)))
        }
    }

    private func mishap(_ moment: String) async {
        try? await time.sleep(for: faults.latency())
        if faults.dies(moment, process) { process.kill() }
    }
}
