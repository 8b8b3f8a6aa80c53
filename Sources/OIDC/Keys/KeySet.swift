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
    /// Why others are not used.
    let faults: [KeyFault]

    /// Reads a JSON Web Key Set; keys that cannot be used are left out, whatever is wrong with them.
    init(_ document: [UInt8]) throws(IssuerFailure) {
        guard let members = JSONReader.object(document), case .array(let elements)? = members["keys"] else {
            throw IssuerFailure("its key set is not a JSON object with a list of keys")
        }
        var keys: [VerificationKey] = []
        var faults: [KeyFault] = []
        for element in elements {
            do throws(KeyFault) {
                let key = try JSONWebKey.parse(element)
                guard keys.count < Self.maximumCount, keys.count(where: { $0.id == key.id }) < Self.maximumSharing
                else {
                    throw .tooMany
                }
                if !keys.contains(key) { keys.append(key) }
            } catch {
                faults.append(error)
            }
        }
        self.keys = keys
        self.faults = faults
    }

    /// The keys that a token's header may mean: all of its `kid`, whatever they are for.
    ///
    /// Two keys may share a `kid` (RFC 7517, section 4.5); both are tried. A token without `kid` means a key only where
    /// exactly one is for its algorithm.
    func candidates(for header: TokenHeader) -> [VerificationKey] {
        if let id = header.keyID { return keys.filter { $0.id == id } }
        let fitting = keys.filter { $0.algorithms.contains(header.algorithm) }
        return fitting.count == 1 ? fitting : []
    }
}
