// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

extension ProviderExample {
    /// Those that run elsewhere.
    static let hosted = [auth0, entra, entra1, okta, cognito, google]

    private static let auth0 = ProviderExample(
        name: "Auth0", issuer: "https://example.eu.auth0.com/",
        discovery: """
            {"issuer":"ISS","authorization_endpoint":"ISSauthorize","token_endpoint":"ISSoauth/token",
            "device_authorization_endpoint":"ISSoauth/device/code","jwks_uri":"ISS.well-known/jwks.json",
            "revocation_endpoint":"ISSoauth/revoke","scopes_supported":["openid","profile","offline_access","email"],
            "token_endpoint_auth_methods_supported":["client_secret_basic","client_secret_post","private_key_jwt"]}
            """,
        keyMembers: ["use": "sig", "alg": "RS256", "x5t": "x"], audience: "https://scheduler.example.com/api",
        tokens: [
            Token(
                "Auth0's profile",
                """
                {"iss":"ISS","sub":"auth0|1","aud":["https://scheduler.example.com/api","ISSuserinfo"],"iat":NOW,
                "exp":EXP,"scope":"openid jobs:read","azp":"c1","permissions":["jobs:read"]}
                """, .accepted(subject: "auth0|1", client: "c1", scopes: ["openid", "jobs:read"])),
            Token(
                "the profile of RFC 9068", #"{"alg":"RS256","typ":"at+jwt","kid":"KID"}"#,
                """
                {"iss":"ISS","sub":"auth0|1","aud":"https://scheduler.example.com/api","iat":NOW,"exp":EXP,"jti":"j",
                "client_id":"c1","scope":"jobs:read"}
                """, .accepted(subject: "auth0|1", client: "c1", scopes: ["jobs:read"])),
            Token(
                "client credentials",
                """
                {"iss":"ISS","sub":"c1@clients","aud":"https://scheduler.example.com/api","iat":NOW,"exp":EXP,
                "gty":"client-credentials","azp":"c1"}
                """, .accepted(subject: "c1@clients", client: "c1", scopes: [])),
            Token("without audience, long ago", nil, "iMSVzzX8nIqjhJNBSxYdyk7YGVWDsfG2", .refused("not a JWT")),
            Token("without audience", nil, "eyJhbGciOiJkaXIifQ..ZzS_2CMHpQ3f3Jmt.aGVsbG8.MDAw", .refused("encrypted")),
        ],
        answer: """
            {"access_token":"ACCESS","refresh_token":"r","id_token":"ID","scope":"openid jobs:read offline_access",
            "expires_in":86400,"token_type":"Bearer"}
            """,
        lifetime: 86_400, clientID: "c1",
        idClaims: """
            {"nickname":"alice","name":"alice@example.com","picture":"https://x.example/a","updated_at":"2026-01-01",
            "email":"alice@example.com","iss":"ISS","aud":"c1","sub":"auth0|1","iat":NOW,"exp":EXP,"sid":"s",
            "nonce":"NONCE"}
            """,
        who: "alice@example.com")

    private static let okta = ProviderExample(
        name: "Okta", issuer: "https://example.okta.com/oauth2/default",
        discovery: """
            {"issuer":"ISS","authorization_endpoint":"ISS/v1/authorize","token_endpoint":"ISS/v1/token",
            "jwks_uri":"ISS/v1/keys","revocation_endpoint":"ISS/v1/revoke",
            "device_authorization_endpoint":"ISS/v1/device/authorize",
            "scopes_supported":["openid","profile","email","offline_access"],
            "token_endpoint_auth_methods_supported":["client_secret_basic","client_secret_post","none"]}
            """,
        audience: "api://default",
        tokens: [
            Token(
                "of a custom authorization server", #"{"kid":"KID","alg":"RS256"}"#,
                """
                {"ver":1,"jti":"AT.1","iss":"ISS","aud":"api://default","iat":NOW,"exp":EXP,"cid":"0oa1","uid":"00u1",
                "scp":["openid","jobs:read"],"auth_time":NOW,"sub":"alice@example.com"}
                """, .accepted(subject: "alice@example.com", client: "0oa1", scopes: ["openid", "jobs:read"])),
            Token(
                "of the org authorization server, whose keys are nobody's", #"{"kid":"org","alg":"RS256"}"#,
                """
                {"ver":1,"jti":"AT.1","iss":"ISS","aud":"api://default","iat":NOW,"exp":EXP,"cid":"0oa1","uid":"00u1",
                "scp":["openid"],"sub":"alice@example.com"}
                """, .refused("does not publish")),
        ],
        answer: """
            {"token_type":"Bearer","expires_in":3600,"access_token":"ACCESS","scope":"openid jobs:read","id_token":"ID"}
            """,
        lifetime: 3_600, clientID: "0oa1",
        idClaims: """
            {"sub":"00u1","name":"Alice","ver":1,"iss":"ISS","aud":"0oa1","iat":NOW,"exp":EXP,"jti":"ID.1",
            "amr":["pwd"],"idp":"00o1","nonce":"NONCE","preferred_username":"alice@example.com","at_hash":"h"}
            """,
        who: "alice@example.com")

    private static let cognito = ProviderExample(
        name: "Cognito", issuer: "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Ab",
        discovery: """
            {"authorization_endpoint":"https://x.auth.eu-central-1.amazoncognito.com/oauth2/authorize","issuer":"ISS",
            "jwks_uri":"ISS/.well-known/jwks.json","scopes_supported":["openid","email","phone","profile"],
            "revocation_endpoint":"https://x.auth.eu-central-1.amazoncognito.com/oauth2/revoke",
            "token_endpoint":"https://x.auth.eu-central-1.amazoncognito.com/oauth2/token",
            "token_endpoint_auth_methods_supported":["client_secret_basic","client_secret_post"]}
            """,
        tokens: [
            Token(
                "with a trigger that adds our scopes", #"{"kid":"KID","alg":"RS256"}"#,
                """
                {"sub":"u1","cognito:groups":["admin"],"iss":"ISS","version":2,"client_id":"c1","origin_jti":"o",
                "event_id":"e","token_use":"access","scope":"openid jobs:read","auth_time":NOW,"exp":EXP,"iat":NOW,
                "jti":"j","username":"alice"}
                """, .accepted(subject: "u1", client: "c1", scopes: ["openid", "jobs:read"])),
            Token(
                "with scopes of a resource server, which are other ones", #"{"kid":"KID","alg":"RS256"}"#,
                """
                {"sub":"c1","token_use":"access","scope":"scheduler/jobs:read","auth_time":NOW,"iss":"ISS","exp":EXP,
                "iat":NOW,"version":2,"jti":"j","client_id":"c1"}
                """, .accepted(subject: "c1", client: "c1", scopes: ["scheduler/jobs:read"])),
            Token(
                "an ID token", #"{"kid":"KID","alg":"RS256"}"#,
                #"{"sub":"u1","aud":"c1","token_use":"id","auth_time":NOW,"iss":"ISS","exp":EXP,"iat":NOW}"#,
                .refused("it is an ID token")),
        ],
        answer: """
            {"access_token":"ACCESS","id_token":"ID","refresh_token":"r","token_type":"Bearer","expires_in":3600}
            """,
        lifetime: 3_600, clientID: "c1",
        idClaims: """
            {"at_hash":"h","sub":"u1","email_verified":true,"iss":"ISS","cognito:username":"alice","nonce":"NONCE",
            "origin_jti":"o","aud":"c1","event_id":"e","token_use":"id","auth_time":NOW,"exp":EXP,"iat":NOW,
            "email":"alice@example.com"}
            """,
        who: "alice@example.com")

    private static let google = ProviderExample(
        name: "Google", issuer: "https://accounts.google.com",
        discovery: """
            {"issuer":"ISS","authorization_endpoint":"ISS/o/oauth2/v2/auth",
            "device_authorization_endpoint":"https://oauth2.googleapis.com/device/code",
            "token_endpoint":"https://oauth2.googleapis.com/token","revocation_endpoint":"https://oauth2.googleapis.com/revoke",
            "jwks_uri":"https://www.googleapis.com/oauth2/v3/certs","scopes_supported":["openid","email","profile"],
            "token_endpoint_auth_methods_supported":["client_secret_post","client_secret_basic"]}
            """,
        tokens: [
            Token("an access token", nil, "ya29.a0AfH6SMBx9mE-x1yZ_2kQ0163", .refused("not a JWT")),
            Token(
                "an ID token",
                """
                {"iss":"ISS","azp":"c1","aud":"c1","sub":"10769","at_hash":"h","nonce":"NONCE","iat":NOW,"exp":EXP,
                "email":"alice@example.com"}
                """, .refused("it is an ID token")),
        ],
        answer: """
            {"access_token":"ACCESS","expires_in":3920,"token_type":"Bearer","id_token":"ID","refresh_token":"r",
            "scope":"openid https://www.googleapis.com/auth/userinfo.email"}
            """,
        lifetime: 3_920, clientID: "c1",
        idClaims: """
            {"iss":"accounts.google.com","azp":"c1","aud":"c1","sub":"10769","at_hash":"h","hd":"example.com",
            "email":"alice@example.com","email_verified":true,"iat":NOW,"exp":EXP,"nonce":"NONCE"}
            """,
        who: "alice@example.com")
}
