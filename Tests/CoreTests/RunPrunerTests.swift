// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Core
import Logging
import Shared
import Synchronization
import Testing

@Suite struct RunPrunerTests {
    private func pruner(_ store: ScriptedStore) -> RunPruner {
        RunPruner(
            store: store, clock: SystemClock(), cleanupInterval: .milliseconds(1),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    @Test func `a round goes on until everything was looked at`() async throws {
        let store = ScriptedStore()
        store.state.withLock {
            $0.prunings = [PrunedRuns(count: 500, position: ""), PrunedRuns(count: 20, position: "b")]
        }
        #expect(try await pruner(store).runOnce() == 520)
        #expect(store.state.withLock { $0.prunings.isEmpty })
    }

    @Test func `a refusal for good ends it`() async {
        let store = ScriptedStore()
        store.state.withLock { $0.error = StoreError(.forbidden, "no rights") }
        await #expect(throws: StoreError.self) { try await pruner(store).run() }
    }
}
