// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

private import FoundationEssentials
import Shared

/// Who we are to the issuer.
struct ClientIdentity: Sendable {
    let id: String
    /// `nil` = a public client, which proves itself by PKCE alone.
    let secret: String?

    /// A form's request with the proof that it is us (RFC 6749, section 2.3.1).
    func request(
        _ address: String, _ fields: [(name: String, value: String)], to provider: Provider
    ) -> IssuerTransport.Request {
        guard let secret else {
            return .init(address: address, form: fields + [("client_id", id)])
        }
        guard provider.takesBasic else {
            return .init(address: address, form: fields + [("client_id", id), ("client_secret", secret)])
        }
        let pair = "\(PercentText.encode(id)):\(PercentText.encode(secret))"
        return .init(
            address: address, form: fields, authorization: "Basic \(Data(pair.utf8).base64EncodedString())")
    }
}
