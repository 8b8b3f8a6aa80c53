// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import HeapModule
import Shared
import Synchronization
import TestSupport

/// Virtual time and the processes in it, on one thread: the same seed gives the same history.
final class SimWorld: Sendable {
    /// The first moment of the simulated world.
    let start: Timestamp

    private struct State {
        var random: SplitMix
        var now: Duration = .zero
        var setBack: Duration = .zero
        var timers = Heap<SimTimer>()
        var timerCount: UInt64 = 0
        var processes: [SimProcess] = []
        var trace: [String] = []
        var violations: [String] = []
    }

    private let state: Mutex<State>

    private let isVerbose: Bool

    init(
        seed: UInt64, start: Timestamp = Timestamp(millisecondsSinceEpoch: 1_800_000_000_000), isVerbose: Bool = false
    ) {
        self.start = start
        self.isVerbose = isVerbose
        state = Mutex(State(random: SplitMix(seed: seed)))
    }

    /// Virtual time since the start.
    var now: Duration { state.withLock { $0.now } }

    /// What the database server's clock shows: the true time, unless it was set back.
    var serverTime: Timestamp { state.withLock { start + ($0.now - $0.setBack) } }

    /// Never before what any clock has shown.
    var trueTime: Timestamp { start + now }

    /// Sets the database server's clock that much behind the true time.
    func setBack(_ span: Duration) {
        state.withLock { $0.setBack = span }
    }

    /// What has broken a rule so far.
    var violations: [String] { state.withLock { $0.violations } }

    /// What has happened, the latest last.
    var trace: [String] { state.withLock { $0.trace } }

    func random<Value>(_ body: (inout SplitMix) -> Value) -> Value {
        state.withLock { body(&$0.random) }
    }

    /// True with this probability.
    func chance(_ probability: Double) -> Bool {
        random { Double.random(in: 0..<1, using: &$0) < probability }
    }

    func random(_ range: ClosedRange<Duration>) -> Duration {
        random { random in
            .microseconds(
                Int64.random(
                    in: Int64(range.lowerBound / .microseconds(1))...Int64(range.upperBound / .microseconds(1)),
                    using: &random))
        }
    }

    func note(_ event: @autoclosure () -> String) {
        let text = event()
        state.withLock { $0.trace.append("\($0.now): \(text)") }
    }

    /// For what would drown a trace; kept only when one history is looked at.
    func detail(_ event: @autoclosure () -> String) {
        if isVerbose { note(event()) }
    }

    func violated(_ rule: String) {
        state.withLock { state in
            state.trace.append("\(state.now): VIOLATION \(rule)")
            state.violations.append(rule)
        }
    }

    func makeProcess(_ name: String) -> SimProcess {
        let process = SimProcess(name: name)
        state.withLock { $0.processes.append(process) }
        return process
    }

    /// Calls `action` at that moment of virtual time, between two steps of any process.
    func at(_ moment: Duration, _ action: @escaping @Sendable () -> Void) {
        state.withLock { state in
            state.timerCount += 1
            state.timers.insert(SimTimer(at: max(moment, state.now), number: state.timerCount, fire: action))
        }
    }

    /// Calls `action` after that much virtual time.
    func after(_ delay: Duration, _ action: @escaping @Sendable () -> Void) {
        at(now + delay, action)
    }

    /// Lets everything happen up to `end`; stops at the first broken rule.
    func run(until end: Duration) {
        while violations.isEmpty {
            let now = now
            if let process = nextReady(at: now) {
                var random = state.withLock { state in SplitMix(seed: state.random.next()) }
                process.runOne(using: &random)
            } else if let timer = nextTimer(upTo: end) {
                timer.fire()
            } else {
                guard advance(upTo: end) else { return }
            }
        }
    }

    private func nextReady(at now: Duration) -> SimProcess? {
        state.withLock { state in
            // Reservoir of one: each of those that are ready is as likely as the others.
            var chosen: SimProcess?
            var count = 0
            for process in state.processes where process.isReady(at: now) {
                count += 1
                if count == 1 || Int.random(in: 0..<count, using: &state.random) == 0 { chosen = process }
            }
            return chosen
        }
    }

    private func nextTimer(upTo end: Duration) -> SimTimer? {
        state.withLock { state in
            guard let timer = state.timers.min, timer.at <= end else { return nil }
            // A paused process that wakes first goes first.
            let now = state.now
            guard !state.processes.contains(where: { ($0.wakesAt(after: now) ?? timer.at) < timer.at }) else {
                return nil
            }
            state.now = max(state.now, timer.at)
            return state.timers.removeMin()
        }
    }

    private func advance(upTo end: Duration) -> Bool {
        state.withLock { state in
            let wake = state.processes.compactMap { $0.wakesAt(after: state.now) }.min()
            guard let wake, wake <= end else {
                state.now = end
                return false
            }
            state.now = wake
            return true
        }
    }
}
