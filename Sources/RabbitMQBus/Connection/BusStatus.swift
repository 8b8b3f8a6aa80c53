// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import Synchronization

/// What the connections report, so that ``RabbitMQBus/state()`` never waits for a thread that is busy connecting.
final class BusStatus: Sendable {
    /// One of the connections.
    enum Side: Hashable, Sendable {
        case publisher
        case consumer
        /// There is one only while objects of deleted jobs are removed.
        case remover
    }

    private struct Values {
        var connected: Set<Side> = []
        var connects: [Side: Int] = [:]
        var blockedReason: String?
        var unconfirmed = 0
        var refused: [Side: [WorkerAddress: String]] = [:]
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
                isConnected: sides.isSubset(of: values.connected),
                blockedReason: values.blockedReason,
                reconnects: sides.reduce(0) { $0 + max((values.connects[$1] ?? 0) - 1, 0) },
                unconfirmed: values.unconfirmed,
                refused: (values.refused[.consumer] ?? [:])
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

    func setRefused(_ workers: WorkerAddress, _ reason: String?, _ side: Side) {
        values.withLock { $0.refused[side, default: [:]][workers] = reason }
    }
}
