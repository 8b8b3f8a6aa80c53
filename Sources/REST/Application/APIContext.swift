// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Hummingbird
import NIOCore
import ServiceHost

/// What the server knows of a request besides the request: the connection that it came over.
package struct APIContext: InitializableFromSource {
    private let channel: (any Channel)?

    /// As the server wants it.
    package init(source: ApplicationRequestContextSource) {
        channel = source.channel
    }

    /// For tests, which have no server.
    package init() {
        channel = nil
    }

    /// To be called before a body is read: a client that asked whether it should send it is told so.
    package func wantBody() {
        channel?.triggerUserOutboundEvent(BodyWanted(), promise: nil)
    }
}
