// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Core
import Shared
import Synchronization
import TestSupport

/// Receivers of requests that answer 202 and report later at the callback address: in time, before their answer has arrived, twice,
/// late, or never.
///
/// Their reports go through the API, which they try again as long as it is away.
final class SimReceivers: Sendable {
    private let world: SimWorld
    private let store: any SimDatabase
    private let settings: EngineSettings
    private let quietAfter: Duration
    private let hint: @Sendable (JobName) -> Void
    private let process: SimProcess
    private let tallies = Mutex<[String: Int]>([:])

    init(
        world: SimWorld, store: any SimDatabase, settings: EngineSettings, quietAfter: Duration,
        hint: @escaping @Sendable (JobName) -> Void
    ) {
        self.world = world
        self.store = store
        self.settings = settings
        self.quietAfter = quietAfter
        self.hint = hint
        process = world.makeProcess("receiver")
    }

    /// How often the API gave which answer.
    var answers: [String: Int] { tallies.withLock(\.self) }

    private var isQuiet: Bool { world.now >= quietAfter }

    /// Takes a run over, or hears that it is to stop.
    func accept(_ request: RunRequest) {
        let delay = world.random(.milliseconds(1)...(.milliseconds(60)))
        if request.message.action == .cancel {
            guard isQuiet || world.chance(0.8) else { return }
            return report(request, "cancelled", after: delay)
        }
        let kind = isQuiet ? 0.5 : world.random { Double.random(in: 0..<1, using: &$0) }
        if kind < 0.05 { return }
        let work = kind < 0.15 ? delay : world.random(.milliseconds(50)...(.milliseconds(2_500)))
        var beat = Duration.milliseconds(300)
        while beat < work {
            report(request, nil, after: beat)
            beat += .milliseconds(300)
        }
        if kind < 0.2 { return }
        report(request, kind < 0.3 ? "failed" : "completed", after: work)
        if kind < 0.4 { report(request, "completed", after: work + .milliseconds(700)) }
    }

    private func report(_ request: RunRequest, _ status: String?, after delay: Duration) {
        world.after(delay) { [self] in
            Task(executorPreference: process) { await self.send(request, status) }
        }
    }

    private func send(_ request: RunRequest, _ status: String?) async {
        let name = request.message.jobName
        let again = { self.report(request, status, after: .milliseconds(400)) }
        guard store.isUp else { return again() }
        let time = SimTime(world: world, process: process, offset: .zero)
        var faults = FaultPlan(world: world, quietAfter: quietAfter)
        faults.deaths = 0
        let view = store.view(process, time, faults)
        let intake = CallbackIntake(store: view, clock: ClusterClock(time: time), settings: settings) {
            name throws(StoreError) in
            try await view.jobs(named: [name]).compactMap(\.owned).first?.job
        } changed: { [hint] in
            hint($0)
        }
        do {
            let addresses = CallbackAddresses("", try await view.callbackKey(orElse: CallbackKey()))
            guard let part = request.callback?.secretText.split(separator: "/").last,
                let (run, attempt) = addresses.attempt(String(part))
            else { return world.violated("14: the address of \(request.message.runID) is none that was made") }
            let body = status.map { Array(#"{"status":"\#($0)"}"#.utf8) } ?? []
            let message = try WorkerMessage(
                callback: body, status == nil ? .heartbeat : .status, of: run, attempt: attempt, job: name)
            let verdict = try await intake.take(message)
            world.detail("receiver: \(status ?? "heartbeat") of \(run).\(attempt) is \(verdict)")
            let word = "\(verdict)".prefix { $0 != "(" }
            tallies.withLock { $0["\(status ?? "heartbeat") \(word)", default: 0] += 1 }
        } catch {
            again()
        }
    }
}
