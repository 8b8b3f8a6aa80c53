// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Logging
import ServiceHost
import ServiceLifecycle
package import Shared

/// Sends hints over the bus in the background.
///
/// Hints are a courtesy: while the broker cannot be reached, or refuses us, they are dropped, and the Schedulers find out
/// at their next refresh. No request waits for this.
package struct HintSender: HintSink {
    private let bus: any MessageBus
    private let logger: Logger
    private let hints: AsyncStream<ControlHint>
    private let queue: AsyncStream<ControlHint>.Continuation

    /// Puts it together; nothing is contacted before ``run()``.
    package init(bus: any MessageBus, logger: Logger) {
        self.bus = bus
        self.logger = logger
        (hints, queue) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(10_000))
    }

    package func send(_ hint: ControlHint) {
        queue.yield(hint)
    }

    /// Keeps the bus connected and sends, until the stop begins.
    package func run() async throws {
        try await InterruptibleService(grace: .seconds(2)) {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await connect() }
                group.addTask { for await hint in hints { await bus.announce(hint) } }
                await group.waitForAll()
            }
        }.run()
    }

    private func connect() async {
        do {
            try await bus.run()
        } catch {
            logger.log(.error, "no hints can be sent any more", [.error: "\(error)"])
        }
    }
}

extension HintSender: Service {}
