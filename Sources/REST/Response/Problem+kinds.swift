// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import HTTPTypes
package import Shared

extension Problem {
    /// 400: the request cannot be read.
    package static func malformed(_ detail: String) -> Problem { Problem(.badRequest, detail) }

    /// 400: parameters of the query are at fault.
    package static func badQuery(_ faults: [FieldFault]) -> Problem {
        var problem = Problem(.badRequest, summary(faults))
        problem.errors = faults
        return problem
    }

    /// 401: there is no token, or one that is not accepted.
    package static func unauthorized(_ detail: String, isToken: Bool) -> Problem {
        var problem = Problem(.unauthorized, detail)
        // RFC 6750, section 3, has ASCII in it, without quotes and backslashes.
        let text = String(
            detail.unicodeScalars.map { scalar in
                let isFit = (0x20...0x7E).contains(scalar.value) && scalar != "\"" && scalar != "\\"
                return isFit ? Character(scalar) : "'"
            })
        let challenge = isToken ? #"Bearer error="invalid_token", error_description="\#(text)""# : "Bearer"
        problem.headers = [(.wwwAuthenticate, challenge)]
        return problem
    }

    /// 403: the token does not grant enough.
    package static func missing(_ scope: Scope) -> Problem {
        var problem = Problem(.forbidden, "the token does not grant the scope \(scope.rawValue)")
        problem.members = [("missing_scopes", .array([.string(scope.rawValue)]))]
        problem.headers = [
            (.wwwAuthenticate, #"Bearer error="insufficient_scope", scope="\#(scope.rawValue)""#)
        ]
        return problem
    }

    /// 404: there is no such path.
    package static let noPath = Problem(.notFound, "there is nothing at this path")
    /// 404: there is no such job.
    package static let noJob = Problem(.notFound, "there is no job of this name")
    /// 404: there is no such run.
    package static let noRun = Problem(.notFound, "there is no run with this id")

    /// 405: the path has other methods.
    package static func method(allowed: [HTTPRequest.Method]) -> Problem {
        let names = allowed.map(\.rawValue).joined(separator: ", ")
        var problem = Problem(.methodNotAllowed, "this path takes \(names)")
        problem.headers = [(.allow, names)]
        return problem
    }

    /// 412: the job was changed by somebody else.
    package static let changed = Problem(
        .preconditionFailed, "the job is not the one that If-Match names: read it again")
    /// 412: the tag cannot be right, whatever the job is like.
    package static let weakTag = Problem(
        .preconditionFailed,
        "If-Match has a weak tag (W/…), which never matches: a proxy that compresses answers may have weakened it;"
            + " have it leave ETag alone, or send the tag without W/")
    /// 412: the job has a tag that If-None-Match excludes.
    package static let unchanged = Problem(.preconditionFailed, "the job is one that If-None-Match names")

    /// 413: the body is too large.
    package static let tooLarge = Problem(.contentTooLarge, "the body is larger than 1 MiB")

    /// 415: the body is in a form that is not taken; `headers` say which are.
    package static func unsupported(_ detail: String, taken name: HTTPField.Name?, _ value: String) -> Problem {
        var problem = Problem(.unsupportedMediaType, detail)
        if let name { problem.headers = [(name, value)] }
        return problem
    }

    /// 422: fields are at fault.
    package static func invalid(_ faults: [FieldFault]) -> Problem {
        var problem = Problem(.unprocessableContent, summary(faults))
        problem.errors = faults
        return problem
    }

    /// 429 or 503: later.
    package static func later(_ status: HTTPResponse.Status, _ detail: String, seconds: Int) -> Problem {
        var problem = Problem(status, detail)
        problem.headers = [(.retryAfter, "\(seconds)")]
        return problem
    }

    /// What an error of the store means to a caller.
    ///
    /// A refusal by the server is a fault of the request where it carries JSON of the user's choice, `field`.
    package init(_ error: StoreError, field: String? = nil) {
        switch (error.code, field) {
        case (.rejected, let field?):
            self = .invalid([FieldFault(field, "the database cannot store this value")])
        case (.rejected, nil): self = Problem(.internalServerError, "the database refused the operation; see the log")
        case (.unavailable, _), (.busy, _), (.forbidden, _):
            self = .later(.serviceUnavailable, "the database cannot be used at the moment", seconds: 2)
        }
    }

    private static func summary(_ faults: [FieldFault]) -> String {
        guard let first = faults.first else { return "the request is not valid" }
        let more = faults.count - 1
        return "\(first)" + (more == 0 ? "" : more == 1 ? " (and 1 more)" : " (and \(more) more)")
    }
}
