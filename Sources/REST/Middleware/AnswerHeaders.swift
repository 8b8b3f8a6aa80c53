// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import HTTPTypes
import Hummingbird

/// The headers that every answer has: nothing of us is to be cached, guessed at, framed or passed on by a browser.
enum AnswerHeaders {
    static let requestID = HTTPField.Name("X-Request-Id")
    private static let frameOptions = HTTPField.Name("X-Frame-Options")
    private static let referrerPolicy = HTTPField.Name("Referrer-Policy")

    static func mark(_ response: inout Response, request id: String?) {
        response.headers[.cacheControl] = "no-store"
        response.headers[.xContentTypeOptions] = "nosniff"
        response.headers[.contentSecurityPolicy] = "default-src 'none'; frame-ancestors 'none'"
        if let frameOptions { response.headers[frameOptions] = "DENY" }
        if let referrerPolicy { response.headers[referrerPolicy] = "no-referrer" }
        if let requestID { response.headers[requestID] = id }
    }
}
