// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Testing

@testable import OIDC

/// A token that must be refused, and why.
struct Attack: Sendable, CustomTestStringConvertible {
    let name: String
    let refusal: TokenError.Code
    let token: @Sendable (TokenRecipe, TestIssuer) throws -> String

    var testDescription: String { name }

    init(
        _ name: String, _ refusal: TokenError.Code,
        token: @escaping @Sendable (TokenRecipe, TestIssuer) throws -> String
    ) {
        self.name = name
        self.refusal = refusal
        self.token = token
    }

    /// An attack that changes the recipe and signs it properly.
    static func signed(
        _ name: String, _ refusal: TokenError.Code,
        _ change: @escaping @Sendable (inout TokenRecipe, TestIssuer) -> Void
    ) -> Attack {
        Attack(name, refusal) { recipe, issuer in
            var recipe = recipe
            change(&recipe, issuer)
            return try recipe.token()
        }
    }

    static func claim(_ name: String, _ json: String?, _ refusal: TokenError.Code) -> Attack {
        signed("\(name) = \(json?.prefix(60) ?? "nothing")", refusal) { recipe, _ in recipe.setClaim(name, json) }
    }

    static func header(_ name: String, _ json: String?, _ refusal: TokenError.Code) -> Attack {
        signed("header \(name) = \(json?.prefix(60) ?? "nothing")", refusal) { recipe, _ in recipe.setHeader(name, json)
        }
    }

    /// An attack that changes the finished token.
    static func text(
        _ name: String, _ refusal: TokenError.Code, _ change: @escaping @Sendable (String) -> String
    ) -> Attack {
        Attack(name, refusal) { recipe, _ in change(try recipe.token()) }
    }

    /// An attack whose payload is not what it should be, properly signed.
    static func payload(_ name: String, _ change: @escaping @Sendable (String) -> [UInt8]) -> Attack {
        Attack(name, .malformed) { recipe, _ in
            try recipe.token(header: Array(recipe.headerText.utf8), payload: change(recipe.claimsText))
        }
    }
}
