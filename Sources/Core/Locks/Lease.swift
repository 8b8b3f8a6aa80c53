// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared
import Synchronization

/// This instance's right to fire, as far as it knows: renewed by ``LeaseKeeper``, asked by everything that acts.
package final class Lease: Sendable {
    private struct State {
        var managerID: ManagerID
        var validUntil: Duration = .zero
    }

    private let state: Mutex<State>
    private let clock: any EngineClock
    private let validity: Duration

    /// A lease that is not yet valid.
    ///
    /// `validity` counts from the moment before a renewal was asked for, on a monotonic clock: two thirds of the time
    /// after which others may take over.
    package init(managerID: ManagerID, validity: Duration, clock: any EngineClock) {
        state = Mutex(State(managerID: managerID))
        self.validity = validity
        self.clock = clock
    }

    /// Under which id the jobs are locked.
    package var managerID: ManagerID { state.withLock { $0.managerID } }

    /// Whether this instance may act for its jobs now.
    package var isValid: Bool {
        let uptime = clock.uptime()
        return state.withLock { uptime < $0.validUntil }
    }

    /// Whether others may have taken over by now: the whole time-out has passed since the last renewal.
    package var mayBeTaken: Bool {
        let uptime = clock.uptime()
        return state.withLock { uptime >= $0.validUntil + validity / 2 }
    }

    /// Notes a renewal that was asked for at `uptime`, and was granted.
    ///
    /// - Returns: whether the lease had run out before.
    package func renewed(askedAt uptime: Duration) -> Bool {
        let now = clock.uptime()
        return state.withLock { state in
            defer { state.validUntil = uptime + validity }
            return state.validUntil <= now
        }
    }

    /// Starts over with another id, not valid until it is renewed.
    package func replace(with managerID: ManagerID) {
        state.withLock { $0 = State(managerID: managerID) }
    }
}

/// What an instance holds: its jobs, and the lease under which it may act for them.
struct Holdings: Sendable {
    let table = JobTable()
    let lease: Lease

    /// Holds nothing, under a lease of this id that is not yet valid.
    init(managerID: ManagerID, _ environment: EngineEnvironment) {
        lease = Lease(
            managerID: managerID, validity: environment.settings.heartbeatTimeout * 2 / 3, clock: environment.clock)
    }
}
