// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import Synchronization

@testable import CLICommands

/// An issuer whose answers at the token endpoint are given beforehand, in their order; it remembers what it was asked.
final class ScriptedIssuer: Sendable {
    static let name = "https://id.example"
    /// The secrets that no message may hold.
    static let secrets = ["secret-access", "secret-refresh", "secret-client", "secret-device"]

    private struct State {
        var answers: [IssuerTransport.Answer?]
        var asked: [IssuerTransport.Request] = []
    }

    private let state: Mutex<State>

    /// `nil` stands for no answer at all.
    init(_ answers: IssuerTransport.Answer?...) {
        state = Mutex(State(answers: answers))
    }

    /// What was asked, discovery left out.
    var asked: [IssuerTransport.Request] { state.withLock { $0.asked } }

    var transport: IssuerTransport {
        IssuerTransport { [self] request in
            if request.form == nil { return Self.answer(200, Self.document) }
            let answer = state.withLock { state in
                state.asked.append(request)
                return state.answers.isEmpty ? nil : state.answers.removeFirst()
            }
            guard let answer else { throw CLIFailure(.unreachable, "no answer") }
            return answer
        }
    }

    static func answer(_ status: Int, _ body: String) -> IssuerTransport.Answer {
        .init(status: status, body: Array(body.utf8))
    }

    static func tokens(_ number: Int, lifetime: Int = 3_600) -> IssuerTransport.Answer {
        answer(
            200,
            """
            {"access_token":"secret-access-\(number)","token_type":"bearer","expires_in":\(lifetime),\
            "refresh_token":"secret-refresh-\(number)"}
            """)
    }

    static func error(_ code: String, status: Int = 400) -> IssuerTransport.Answer {
        answer(status, "{\"error\":\"\(code)\"}")
    }

    static let document = """
        {"issuer":"\(name)","token_endpoint":"\(name)/token","authorization_endpoint":"\(name)/auth?x=1",
        "device_authorization_endpoint":"\(name)/device","revocation_endpoint":"\(name)/revoke"}
        """

    static func provider(_ text: String = document) throws -> Provider {
        guard let issuer = IssuerURL(name) else { throw CLIFailure(.other, "no issuer") }
        return try Provider(document: Array(text.utf8), of: issuer, allowsInsecure: false)
    }
}
