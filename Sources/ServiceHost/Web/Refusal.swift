// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import HTTPTypes

/// Why a request is answered without anybody having looked at what it asks for: it breaks a rule of HTTP.
///
/// The connection is closed after it.
package struct Refusal: Error, Hashable, Sendable {
    /// The status of the answer.
    package let status: HTTPResponse.Status
    /// One sentence for whoever sent the request.
    package let detail: String

    package init(_ status: HTTPResponse.Status, _ detail: String) {
        self.status = status
        self.detail = detail
    }
}

/// How a server words its refusals: the fields and the body of the answer.
package typealias RefusalWording = @Sendable (Refusal) -> (fields: HTTPFields, body: [UInt8])
