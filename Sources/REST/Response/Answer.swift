// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import HTTPTypes
package import Hummingbird
import NIOCore
import ServiceHost
package import Shared

/// The responses of the API.
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
        // 204 must not have a length, and 304 only that of the answer it stands for (RFC 9110, section 8.6).
        var response = Response(status: status)
        if status == .noContent || status == .notModified { response.headers[.contentLength] = nil }
        return response
    }

    /// What a request is answered with that breaks a rule of HTTP: a problem, too.
    static func wording(of refusal: Refusal) -> (fields: HTTPFields, body: [UInt8]) {
        let problem = Problem(refusal.status, refusal.detail)
        var response = Answer.problem(problem)
        AnswerHeaders.mark(&response, request: nil)
        return (response.headers, problem.body)
    }

    /// A problem.
    package static func problem(_ problem: Problem) -> Response {
        var response = bytes(problem.body, "application/problem+json", problem.status)
        for (name, value) in problem.headers { response.headers[name] = value }
        return response
    }
}
