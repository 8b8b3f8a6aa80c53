// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// What we need of a provider's description of itself.
struct ProviderMetadata: Hashable, Sendable {
    /// Where its keys are.
    let keysAddress: String

    /// Reads the discovery document; its `issuer` must be the one that was asked for, byte for byte.
    ///
    /// Otherwise one provider could make us trust keys under the name of another.
    init(_ document: [UInt8], of issuer: IssuerURL) throws(IssuerFailure) {
        guard let members = JSONReader.object(document) else {
            throw IssuerFailure("its discovery document is not a JSON object")
        }
        guard case .string(let name)? = members["issuer"] else {
            throw IssuerFailure("its discovery document does not say whose it is: it names another issuer, or none")
        }
        guard name.isSameText(as: issuer.description) else {
            throw IssuerFailure("its discovery document names another issuer" + Self.hint(name, issuer.description))
        }
        guard case .string(let text)? = members["jwks_uri"], let address = WebAddress(text) else {
            throw IssuerFailure("its discovery document has no usable jwks_uri")
        }
        guard issuer.mayReferTo(address) else {
            throw IssuerFailure("its keys are behind http although the issuer is https")
        }
        keysAddress = text
    }

    /// What is known about such a difference; nothing of the document.
    private static func hint(_ name: String, _ expected: String) -> String {
        if name.isSameText(as: expected + "/") { return ": the setting, and a slash at the end" }
        if expected.isSameText(as: name + "/") { return ": the setting without the slash at the end" }
        // Entra's document for all tenants.
        if name.contains("{") { return ": a template for many tenants; the setting must be the issuer of one" }
        return ""
    }
}
