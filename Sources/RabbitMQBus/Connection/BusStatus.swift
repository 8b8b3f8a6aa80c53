// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import Synchronization

/// What the connections report, so that ``RabbitMQBus/state()`` never waits for a thread that is busy connecting.
final class BusStatus: Sendable {
    /// One of the two connections.
    enum Side: Hashable, Sendable {
        case publisher
        case consumer
    }

    private struct Values {
        var connected: Set<Side> = []
        var connects: [Side: Int] = [:]
        var blockedReason: String?
        var unconfirmed = 0
        var refused: [Side: [JobName: String]] = [:]
    }

    private let sides: Set<Side>
    private let values = Mutex(Values())

    /// `sides` are those that must be connected for the whole to be.
    init(sides: Set<Side>) {
        self.sides = sides
    }

    var state: BusState {
        values.withLock { values in
            BusState(
                isConnected: values.connected == sides,
                blockedReason: values.blockedReason,
                reconnects: values.connects.values.reduce(0) { $0 + max($1 - 1, 0) },
                unconfirmed: values.unconfirmed,
                refusedJobs: (values.refused[.consumer] ?? [:])
                    .merging(values.refused[.publisher] ?? [:]) { first, _ in first })
        }
    }

    func setConnected(_ isConnected: Bool, _ side: Side) {
        values.withLock { values in
            if isConnected {
                values.connected.insert(side)
                values.connects[side, default: 0] += 1
            } else {
                values.connected.remove(side)
            }
        }
    }

    func setBlocked(_ reason: String?) {
        values.withLock { $0.blockedReason = reason }
    }

    func setUnconfirmed(_ count: Int) {
        values.withLock { $0.unconfirmed = count }
    }

    func setRefused(_ job: JobName, _ reason: String?, _ side: Side) {
        values.withLock { $0.refused[side, default: [:]][job] = reason }
    }
}
