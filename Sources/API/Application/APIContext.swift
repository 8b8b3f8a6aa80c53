// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Hummingbird

/// What the server knows of a request besides the request: nothing that we need.
package struct APIContext: InitializableFromSource {
    /// As the server wants it.
    package init(source: ApplicationRequestContextSource) {}

    /// For tests, which have no server.
    package init() {}
}
