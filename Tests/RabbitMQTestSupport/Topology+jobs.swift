// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import RabbitMQBus
package import Shared

/// The objects of jobs that belong to no pool.
extension Topology {
    package static func exchange(of job: JobName) -> String { exchange(of: .job(job)) }

    package static func actionQueue(of job: JobName) -> String { actionQueue(of: .job(job)) }

    package static func queue(of job: JobName, _ kind: Delivery.Kind) -> String { queue(of: .job(job), kind) }

    package static func names(of job: JobName) -> Set<String> { names(of: .job(job)) }

    package static func declarations(of job: JobName) -> [TopologyDeclaration] { declarations(of: .job(job)) }
}
