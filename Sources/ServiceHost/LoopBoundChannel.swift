// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import HummingbirdCore
import Logging
import NIOCore

/// An HTTP/1 connection that is served on the thread of its own event loop: a request that nobody has to wait for goes
/// through without a change of threads.
struct LoopBoundChannel: ServerChildChannel {
    let channel: HTTP1Channel

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<HTTP1Channel.Value> {
        self.channel.setup(channel: channel, logger: logger)
    }

    func handle(value: HTTP1Channel.Value, logger: Logger) async {
        await withTaskExecutorPreference(EventLoopTasks(value.channel.eventLoop)) {
            await channel.handle(value: value, logger: logger)
        }
    }
}
