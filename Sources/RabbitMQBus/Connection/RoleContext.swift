// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Logging

/// What both roles are given.
struct RoleContext: Sendable {
    let settings: RabbitMQSettings
    let status: BusStatus
    let declared: DeclaredTopology
    var logger: Logger
}
