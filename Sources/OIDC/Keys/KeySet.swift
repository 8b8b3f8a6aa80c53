// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// The keys of an issuer at one time, those that can be used.
struct KeySet: Hashable, Sendable {
    /// The most keys that are looked at; issuers have two or three.
    static let maximumCount = 64
    /// The most keys that may share a `kid`: each is tried, and each try costs time.
    static let maximumSharing = 4

    let keys: [VerificationKey]
    /// The others, in their order.
    let passedOver: [PassedOverKey]
    /// Why others are not used.
    var faults: [KeyFault] { passedOver.map(\.fault) }

    /// Reads a JSON Web Key Set; keys that cannot be used are left out, whatever is wrong with them.
    init(_ document: [UInt8]) throws(IssuerFailure) {
        guard let members = JSONReader.object(document), case .array(let elements)? = members["keys"] else {
            throw IssuerFailure("its key set is not a JSON object with a list of keys")
        }
        var keys: [VerificationKey] = []
        var passedOver: [PassedOverKey] = []
        for (index, element) in elements.enumerated() {
            do throws(KeyFault) {
                let key = try JSONWebKey.parse(element)
                guard keys.count < Self.maximumCount, keys.count(where: { $0.id == key.id }) < Self.maximumSharing
                else {
                    throw .tooMany
                }
                if !keys.contains(key) { keys.append(key) }
            } catch {
                passedOver.append(PassedOverKey(number: index + 1, element, error))
            }
        }
        self.keys = keys
        self.passedOver = passedOver
    }

    /// Whether the header's `kid` is that of a key.
    func hasKey(namedBy header: TokenHeader) -> Bool {
        header.keyID.map { id in keys.contains { $0.id == id } } ?? false
    }

    /// The keys that a token's header may mean: all of its `kid`, whatever they are for.
    ///
    /// Two keys may share a `kid` (RFC 7517, section 4.5); both are tried. Where no key has the token's, it may be any of
    /// those without one. A token without `kid` means a key only where exactly one is for its algorithm (OpenID Connect
    /// Core 10.1).
    func candidates(for header: TokenHeader) -> [VerificationKey] {
        if let id = header.keyID {
            let named = keys.filter { $0.id == id }
            return named.isEmpty ? fitting(header).filter { $0.id == nil } : named
        }
        let fitting = fitting(header)
        return fitting.count == 1 ? fitting : []
    }

    /// Why there are no candidates for a token's header.
    func lack(of header: TokenHeader) -> TokenError {
        guard let id = header.keyID else { return .noKeyID(keys: fitting(header).count) }
        return passedOver.first { $0.id == id }.map { .unusedKey($0.fault) } ?? .unknownKey
    }

    private func fitting(_ header: TokenHeader) -> [VerificationKey] {
        keys.filter { $0.algorithms.contains(header.algorithm) }
    }
}
