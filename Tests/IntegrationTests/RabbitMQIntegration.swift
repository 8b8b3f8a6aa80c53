// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Testing

/// Everything that needs a real broker; one at a time, because alarms and closed connections hit the whole broker.
@Suite(.serialized)
enum RabbitMQIntegration {}
