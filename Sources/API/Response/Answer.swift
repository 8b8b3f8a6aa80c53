// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import HTTPTypes
package import Hummingbird
import NIOCore
package import Shared

/// Puts responses together.
package enum Answer {
    /// The content type of all answers that are not problems.
    package static let json = "application/json"

    /// A JSON body.
    package static func json(_ writer: JSONWriter, _ status: HTTPResponse.Status = .ok) -> Response {
        bytes(writer.bytes, json, status)
    }

    /// Any body.
    package static func bytes(
        _ bytes: [UInt8], _ contentType: String, _ status: HTTPResponse.Status = .ok
    ) -> Response {
        Response(
            status: status, headers: [.contentType: contentType],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    /// No body.
    package static func empty(_ status: HTTPResponse.Status) -> Response {
        // 204 must not have a length (RFC 9110, section 8.6).
        var response = Response(status: status)
        if status == .noContent { response.headers[.contentLength] = nil }
        return response
    }

    /// A problem.
    package static func problem(_ problem: Problem) -> Response {
        var response = bytes(problem.body, "application/problem+json", problem.status)
        for (name, value) in problem.headers { response.headers[name] = value }
        return response
    }
}
