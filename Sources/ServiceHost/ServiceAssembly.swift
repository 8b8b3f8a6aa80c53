// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import ServiceLifecycle
package import Shared

/// The parts of a program, ready to run.
package struct ServiceAssembly: Sendable {
    /// In the order of dependency: what is later uses what is earlier, and is stopped first.
    package let services: [any Service]
    /// Answers `/readyz` from what is known already: it must not wait for a server.
    package let readiness: @Sendable () async -> [ReadinessCheck]

    package init(services: [any Service], readiness: @escaping @Sendable () async -> [ReadinessCheck]) {
        self.services = services
        self.readiness = readiness
    }
}
