// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// An answer of the API that is not the one hoped for: its status and what its `application/problem+json` says.
struct APIProblem: Error, Equatable {
    let status: Int
    /// One sentence of the API, fit for a terminal.
    let detail: String
    /// What is wrong with fields or parameters, by their names in the API.
    var faults: [FieldFault] = []
    /// The scopes that the token lacks.
    var missingScopes: [String] = []
    /// Whether an earlier try of the same request was answered 429 or 503, and may have been done nevertheless.
    var isRepeated = false
    /// Whether the token that was refused had come from the issuer just before.
    var isTokenNew = false
    /// Why the token that was refused could not be renewed.
    var renewalFailure: String?

    init(_ answer: APIAnswer, isRepeated: Bool = false) {
        status = answer.status
        self.isRepeated = isRepeated
        let members = JSONReader.object(answer.body) ?? [:]
        if let text = Self.reason(members, BearerChallenge(answer.headers["www-authenticate"] ?? "")) {
            detail = Self.shown(text)
        } else if (300..<400).contains(status) {
            detail =
                "it points to another address, which is not followed: \(Self.shown(answer.headers["location"] ?? ""))"
        } else {
            detail = "the answer has status \(status) and does not say why"
        }
        if case .array(let entries)? = members["errors"] {
            for case .object(let entry) in entries.prefix(100) {
                guard case .string(let field)? = entry["field"], case .string(let problem)? = entry["detail"] else {
                    continue
                }
                faults.append(FieldFault(Self.shown(field), Self.shown(problem)))
            }
        }
        if case .array(let scopes)? = members["missing_scopes"] {
            for case .string(let scope) in scopes.prefix(20) { missingScopes.append(Self.shown(scope)) }
        }
    }

    /// What the body says, and what the challenge adds to it.
    private static func reason(_ members: [String: JSONValue], _ challenge: BearerChallenge) -> String? {
        var said: String?
        for name in ["detail", "error_description", "error"] where said == nil {
            if case .string(let text)? = members[name], !text.isEmpty { said = text }
        }
        guard let said else { return challenge.detail ?? challenge.error }
        guard let more = challenge.detail, !isEcho(more, of: said) else { return said }
        return "\(said) (\(more))"
    }

    /// Whether it is the same, but for what may not stand in the header (RFC 6750, section 3): the API says it twice.
    private static func isEcho(_ text: String, of said: String) -> Bool {
        text.unicodeScalars.count == said.unicodeScalars.count
            && zip(text.unicodeScalars, said.unicodeScalars).allSatisfy { $0 == $1 || $0 == "'" }
    }

    private static func shown(_ text: String) -> String { EscapedText.bare(String(text.prefix(500))) }
}

extension APIProblem {
    /// What to do about a token that was refused.
    ///
    /// Only where it has expired does logging in help; else the next token is like this one.
    fileprivate var tokenHints: [String] {
        let renewal = renewalFailure.map { ["It could not be renewed: \($0)"] } ?? []
        switch (detail.lowercased().contains("expired"), isTokenNew) {
        case (true, true): return ["It is new: compare the clocks of the API and of the issuer."]
        case (true, false): return renewal + ["Log in again: \(CLIMain.programName) login"]
        case (false, _):
            return renewal + [
                "It has not expired: another one that is obtained in the same way will be refused, too.",
                "What to set at the provider, the API and here is in docs/login.md; whose token it is: "
                    + "\(CLIMain.programName) whoami",
            ]
        }
    }
}

extension CLIFailure {
    /// What an answer of the API means to a person.
    ///
    /// The subject is what the request was about, in front of the API's words: `job report`. A field's name is how the
    /// person knows a field of the API: as a flag, or as it stands in a file.
    init(_ problem: APIProblem, subject: String? = nil, fieldName: (String) -> String = { $0 }) {
        let message = [subject, problem.detail].compactMap { $0 }.joined(separator: ": ")
        switch problem.status {
        case 401:
            self.init(.refused, "the API does not accept the token: \(problem.detail)")
            hints = problem.tokenHints
        case 403:
            self.init(.refused, message)
            if !problem.missingScopes.isEmpty {
                hints = ["Log in with an account or client that has: \(problem.missingScopes.joined(separator: " "))"]
            }
        case 503: self.init(.unreachable, message, hints: "Try again in a moment.")
        case 400 where !problem.faults.isEmpty, 422 where !problem.faults.isEmpty:
            self.init(.usage, subject.map { "\($0): not valid" } ?? "the API refused the request")
            hints = problem.faults.map { "\(fieldName($0.field)): \($0.problem)" }
        case 409 where !problem.faults.isEmpty:
            self.init(.other, message)
            hints = problem.faults.map { "\($0.field): \($0.problem)" }
        case 300..<400: self.init(.other, message, hints: "Give the right address with --url.")
        default: self.init(.other, message)
        }
        if problem.isRepeated, problem.status == 409 || problem.status == 404 {
            hints.append("An earlier try was answered with an error, but may have done it.")
        }
    }
}
