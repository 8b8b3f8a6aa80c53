// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import TestSupport
import Testing

@testable import OIDC

/// Attacks on tokens, each against both ways to check a signature, with a real HTTP issuer that counts what it is asked.
@Suite struct AttackTests {
    static let all = Attack.onSignatures + Attack.onClaims + Attack.onForm

    @Test func `each attack is refused for its reason, and none makes us fetch anything but keys`() async throws {
        #expect(Self.all.count >= 35)
        try await withVerifier { verifier in
            let publicKeySet = TestKeys.keySet(of: [try TestKeys.attacker.jwk(id: "evil")])
            verifier.issuer.answer("/evil", .json(publicKeySet))
            // One fetch for the keys; then one for the first kid of each ten seconds that is not known.
            for type in ["JWT", "at+jwt", nil] {
                #expect(await verifier.refusalOfHonestToken(type: type) == nil)
                for attack in Self.all {
                    let token = try attack.token(verifier.recipe(type: type), verifier.issuer)
                    let refusal = await verifier.refusal(of: token)
                    #expect(refusal == attack.refusal, "\(attack.name), typ \(type ?? "absent")")
                }
                verifier.clock.advance(by: .seconds(10))
            }
            #expect(Set(verifier.issuer.counts.keys) == [TestIssuer.discoveryPath, TestIssuer.keysPath])
            #expect((verifier.issuer.counts[TestIssuer.keysPath] ?? 0) <= 4)
            // Whatever came, an honest token is still accepted.
            #expect(await verifier.refusalOfHonestToken() == nil)
        }
    }
}
