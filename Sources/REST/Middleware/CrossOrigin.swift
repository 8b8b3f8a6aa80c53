// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import HTTPTypes
import Hummingbird
import Shared

/// Tells browsers which other web pages may read our answers (the CORS protocol); with no origins allowed it says nothing.
///
/// No cookies are ever involved: a page must have a token.
struct CrossOrigin: Sendable {
    private static let allowOrigin = HTTPField.Name("Access-Control-Allow-Origin")
    private static let allowMethods = HTTPField.Name("Access-Control-Allow-Methods")
    private static let allowHeaders = HTTPField.Name("Access-Control-Allow-Headers")
    private static let exposeHeaders = HTTPField.Name("Access-Control-Expose-Headers")
    private static let maximumAge = HTTPField.Name("Access-Control-Max-Age")
    private static let requestMethod = HTTPField.Name("Access-Control-Request-Method")

    let origins: AllowedOrigins

    /// Adds what a page of the request's origin needs to read the answer.
    func mark(_ response: inout Response, for request: Request) {
        guard !origins.isEmpty else { return }
        response.headers[.vary] = "Origin"
        guard let origin = request.headers[.origin], origins.contains(origin) else { return }
        set(&response, Self.allowOrigin, origins.isAny ? "*" : origin)
        set(&response, Self.exposeHeaders, "ETag, Link, Location, Retry-After, X-Request-Id")
    }

    /// The answer to a browser that asks before it sends a request; `nil` when this is no such question.
    func preflight(_ request: Request, allowed methods: String) -> Response? {
        guard request.method == .options, let origin = request.headers[.origin], origins.contains(origin),
            let name = Self.requestMethod, request.headers.contains(name)
        else { return nil }
        var response = Answer.empty(.noContent)
        set(&response, Self.allowMethods, methods)
        set(&response, Self.allowHeaders, "Authorization, Content-Type, If-Match, Idempotency-Key, X-Request-Id")
        set(&response, Self.maximumAge, "600")
        return response
    }

    /// Refuses a request to change something that a web page of another origin sends without a token of its own, as a form can.
    ///
    /// - Throws: 403.
    func checkWrite(_ request: Request) throws(Problem) {
        guard ![.get, .head].contains(request.method), !request.headers.contains(.authorization) else { return }
        guard request.headers[values: .origin].allSatisfy({ origins.contains($0) }) else {
            throw Problem(.forbidden, "web pages of this origin may change nothing here without a token")
        }
    }

    private func set(_ response: inout Response, _ name: HTTPField.Name?, _ value: String) {
        if let name { response.headers[name] = value }
    }
}
