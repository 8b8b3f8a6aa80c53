// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import HTTPTypes
package import Hummingbird
private import Shared

/// What a request must be that nobody but a user of this machine can have sent.
package enum LoopbackRules {
    /// Checks where a request was sent to, and from which web page.
    ///
    /// A page whose name was made to lead to this machine (DNS rebinding) shows in `Host`, one that sends to us from elsewhere
    /// (cross-site request forgery) in `Origin`, which browsers add to every write.
    /// - Throws: 403.
    package static func check(_ request: Request) throws(Problem) {
        let host = request.head.authority ?? ""
        guard WebAddress("http://\(host)")?.isLoopback ?? false else {
            throw Problem(
                .forbidden, "this is for users of this machine: the Host must be localhost, 127.0.0.1 or [::1]")
        }
        guard ![.get, .head, .options].contains(request.method) else { return }
        let own = withoutPort80("http://\(host)")
        guard request.headers[values: .origin].allSatisfy({ withoutPort80($0) == own }) else {
            throw Problem(.forbidden, "web pages of other origins may change nothing here")
        }
    }

    private static func withoutPort80(_ origin: String) -> String {
        let origin = origin.lowercased()
        return origin.hasPrefix("http://") && origin.hasSuffix(":80") ? String(origin.dropLast(3)) : origin
    }
}
