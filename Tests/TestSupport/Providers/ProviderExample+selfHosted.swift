// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

extension ProviderExample {
    /// Those that one runs oneself.
    static let selfHosted = [keycloak, dex, authentik, zitadel, casdoor]

    private static let dex = ProviderExample(
        name: "Dex", issuer: "https://dex.example/dex",
        discovery: """
            {"issuer":"ISS","authorization_endpoint":"ISS/auth","token_endpoint":"ISS/token","jwks_uri":"ISS/keys",
            "userinfo_endpoint":"ISS/userinfo","device_authorization_endpoint":"ISS/device/code",
            "scopes_supported":["openid","email","groups","profile","offline_access"],
            "token_endpoint_auth_methods_supported":["client_secret_basic","client_secret_post"]}
            """,
        tokens: [
            Token(
                "an access token, which is written as an ID token", #"{"alg":"RS256","kid":"KID"}"#,
                """
                {"iss":"ISS","sub":"CgNjbGk","aud":"cli","exp":EXP,"iat":NOW,"nonce":"NONCE","at_hash":"h",
                "email":"alice@example.com","email_verified":true,"name":"alice"}
                """, .refused("it is an ID token"))
        ],
        answer: """
            {"access_token":"ACCESS","token_type":"bearer","expires_in":86399,"refresh_token":"r","id_token":"ID"}
            """,
        lifetime: 86_399, clientID: "cli",
        idClaims: """
            {"iss":"ISS","sub":"CgNjbGk","aud":"cli","exp":EXP,"iat":NOW,"nonce":"NONCE","at_hash":"h","c_hash":"c",
            "email":"alice@example.com","email_verified":true,"name":"Alice"}
            """,
        who: "alice@example.com")

    private static let authentik = ProviderExample(
        name: "Authentik", issuer: "https://authentik.example/application/o/simple-scheduler/",
        discovery: """
            {"issuer":"ISS","authorization_endpoint":"https://authentik.example/application/o/authorize/",
            "token_endpoint":"https://authentik.example/application/o/token/","jwks_uri":"ISSjwks/",
            "revocation_endpoint":"https://authentik.example/application/o/revoke/",
            "device_authorization_endpoint":"https://authentik.example/application/o/device/",
            "scopes_supported":["openid","offline_access","jobs:read"],
            "token_endpoint_auth_methods_supported":["client_secret_post","client_secret_basic"]}
            """,
        otherKeys: [
            #"{"kty":"RSA","alg":"RSA-OAEP","use":"enc","kid":"e","n":"sbS4","e":"AQAB","x5c":["MIIC"],"x5t#S256":"t"}"#
        ],
        audience: "cli",
        tokens: [
            Token(
                "with a mapping that says scope and token_use",
                """
                {"iss":"ISS","sub":"a1","aud":"cli","exp":EXP,"iat":NOW,"auth_time":NOW,"nonce":"NONCE","sid":"s",
                "acr":"goauthentik.io/providers/oauth2/default","amr":["pwd"],"azp":"cli","uid":"u",
                "scope":"openid jobs:read","token_use":"access"}
                """, .accepted(subject: "a1", client: "cli", scopes: ["openid", "jobs:read"])),
            Token(
                "as it comes",
                """
                {"iss":"ISS","sub":"a1","aud":"cli","exp":EXP,"iat":NOW,"auth_time":NOW,"nonce":"NONCE","sid":"s",
                "acr":"goauthentik.io/providers/oauth2/default","azp":"cli","uid":"u"}
                """, .refused("its claim nonce")),
            Token(
                "without a signing key", #"{"alg":"HS256","typ":"JWT"}"#,
                #"{"iss":"ISS","sub":"a1","aud":"cli","exp":EXP,"iat":NOW,"azp":"cli","uid":"u"}"#,
                .refused("algorithm is not accepted")),
        ],
        answer: """
            {"access_token":"ACCESS","token_type":"Bearer","scope":"openid jobs:read","expires_in":300,"id_token":"ID"}
            """,
        lifetime: 300, clientID: "cli",
        idClaims: """
            {"iss":"ISS","sub":"a1","aud":"cli","exp":EXP,"iat":NOW,"auth_time":NOW,"nonce":"NONCE","amr":["pwd"],
            "acr":"goauthentik.io/providers/oauth2/default","preferred_username":"alice","groups":[]}
            """,
        who: "alice")

    private static let zitadel = ProviderExample(
        name: "Zitadel", issuer: "https://example.zitadel.cloud",
        discovery: """
            {"issuer":"ISS","authorization_endpoint":"ISS/oauth/v2/authorize","token_endpoint":"ISS/oauth/v2/token",
            "revocation_endpoint":"ISS/oauth/v2/revoke","jwks_uri":"ISS/oauth/v2/keys",
            "device_authorization_endpoint":"ISS/oauth/v2/device_authorization",
            "scopes_supported":["openid","profile","email","phone","address","offline_access"],
            "token_endpoint_auth_methods_supported":["none","client_secret_basic","client_secret_post"]}
            """,
        audience: "259242039378444290",
        tokens: [
            Token(
                "a JWT, with an action that sets scope", #"{"alg":"RS256","kid":"KID","typ":"JWT"}"#,
                """
                {"iss":"ISS","sub":"259241944654282754","aud":["2592@p","259242039378444290"],"exp":EXP,"iat":NOW,
                "nbf":NOW,"client_id":"2592@p","jti":"2","urn:zitadel:iam:org:project:roles":{"x":{"1":"e"}},
                "scope":["jobs:read"]}
                """, .accepted(subject: "259241944654282754", client: "2592@p", scopes: ["jobs:read"])),
            Token(
                "a JWT as it comes", #"{"alg":"RS256","kid":"KID","typ":"JWT"}"#,
                """
                {"iss":"ISS","sub":"1","aud":["259242039378444290"],"exp":EXP,"iat":NOW,"nbf":NOW,"client_id":"2592@p",
                "jti":"2"}
                """, .accepted(subject: "1", client: "2592@p", scopes: [])),
            Token("opaque", nil, "VjVxyCZmRmWYqd3_F5db9Pb9mHR5fqzhn0qE-mNT2nBLFqNjLRdqWq3", .refused("not a JWT")),
        ],
        answer: """
            {"access_token":"ACCESS","token_type":"Bearer","refresh_token":"r","expires_in":43199,"id_token":"ID"}
            """,
        lifetime: 43_199, clientID: "2592@p",
        idClaims: """
            {"iss":"ISS","aud":["2592@p","259242039378444290"],"azp":"2592@p","at_hash":"h","amr":["password","pwd"],
            "exp":EXP,"iat":NOW,"auth_time":NOW,"nonce":"NONCE","client_id":"2592@p","sub":"259241944654282754"}
            """,
        who: "259241944654282754")

    private static let casdoor = ProviderExample(
        name: "Casdoor", issuer: "https://door.example",
        discovery: """
            {"issuer":"ISS","authorization_endpoint":"ISS/login/oauth/authorize",
            "token_endpoint":"ISS/api/login/oauth/access_token","jwks_uri":"ISS/.well-known/jwks",
            "scopes_supported":["openid","email","profile","address","phone","offline_access"],
            "id_token_signing_alg_values_supported":["RS256"]}
            """,
        audience: "c1",
        tokens: [
            Token(
                "an access token", #"{"alg":"RS256","kid":"KID","typ":"JWT"}"#,
                """
                {"owner":"org","name":"alice","id":"u1","type":"normal-user","password":"","isAdmin":false,"score":2000,
                "groups":null,"properties":{},"tokenType":"access-token","nonce":"NONCE","tag":"","scope":"jobs:read",
                "azp":"c1","iss":"ISS","sub":"u1","aud":["c1"],"exp":EXP,"nbf":NOW,"iat":NOW,"jti":"admin/1"}
                """, .accepted(subject: "u1", client: "c1", scopes: ["jobs:read"])),
            Token(
                "a refresh token", #"{"alg":"RS256","kid":"KID","typ":"JWT"}"#,
                """
                {"owner":"org","name":"alice","type":"normal-user","tokenType":"refresh-token","scope":"jobs:read",
                "iss":"ISS","sub":"u1","aud":["c1"],"exp":EXP,"nbf":NOW,"iat":NOW}
                """, .refused("it is a refresh token")),
        ],
        answer: """
            {"access_token":"ACCESS","id_token":"ID","refresh_token":"r","token_type":"Bearer","expires_in":604800,
            "scope":"openid jobs:read"}
            """,
        lifetime: 604_800, clientID: "c1",
        idClaims: """
            {"owner":"org","name":"alice","tokenType":"access-token","nonce":"NONCE","scope":"openid","azp":"c1",
            "groups":null,"email":"","iss":"ISS","sub":"u1","aud":["c1"],"exp":EXP,"nbf":NOW,"iat":NOW}
            """,
        who: "alice")
}
