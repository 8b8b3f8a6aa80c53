// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// A message and what must be declared before it can be published.
struct PublishRequest {
    let subject: TopologySubject
    let message: OutboundMessage
}
