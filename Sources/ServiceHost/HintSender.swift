// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

private import OrderedCollections
import ServiceLifecycle
package import Shared
import Synchronization

/// Sends hints in the background, and keeps the bus connected over which they go.
///
/// Hints are a courtesy: while the broker cannot be reached, or refuses us, they are dropped, and the Schedulers find out
/// at their next refresh. Nobody waits for this. The first hint goes at once; those of the next moments go together.
package final class HintSender: Sendable {
    /// How long hints are gathered after one was sent.
    private static let gathering = Duration.milliseconds(10)
    /// The most jobs that wait for their hint; further ones are left to the refresh.
    private static let room = 10_000

    private let announcer: any HintAnnouncer
    /// What is kept connected; `nil` where others do that.
    private let bus: (any BusConnection)?
    private let changed = Mutex<OrderedSet<JobName>>([])
    private let wakeUps: AsyncStream<Void>
    private let wakeUp: AsyncStream<Void>.Continuation

    /// Nothing is contacted before ``run()``.
    package convenience init(bus: any BusConnection & HintAnnouncer) {
        self.init(announcer: bus, bus: bus)
    }

    /// Over a connection that others keep, or none.
    package convenience init(announcer: any HintAnnouncer) {
        self.init(announcer: announcer, bus: nil)
    }

    private init(announcer: any HintAnnouncer, bus: (any BusConnection)?) {
        self.announcer = announcer
        self.bus = bus
        (wakeUps, wakeUp) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Has the Schedulers told, soon, that a job was made, edited or deleted; never waits and never fails.
    package func jobChanged(_ name: JobName) {
        let isFirst = changed.withLock { names in
            guard names.count < Self.room else { return false }
            names.append(name)
            return names.count == 1
        }
        if isFirst { wakeUp.yield() }
    }

    /// Sends until the stop begins; what waits then is sent first.
    package func run() async throws {
        try await InterruptibleService(grace: .seconds(2)) { [self] in
            let connection = Task { [bus] in try await bus?.run() }
            for await _ in wakeUps {
                await sendAll()
                try? await Task.sleep(for: Self.gathering)
            }
            await sendAll()
            connection.cancel()
            _ = await connection.result
        }.run()
    }

    private func sendAll() async {
        var names = changed.withLock { names in
            let all = Array(names)
            names = []
            return all[...]
        }
        while !names.isEmpty {
            await announcer.announce(.jobsChanged(Array(names.prefix(ControlHint.maximumJobs))))
            names = names.dropFirst(ControlHint.maximumJobs)
        }
    }
}

extension HintSender: Service {}
