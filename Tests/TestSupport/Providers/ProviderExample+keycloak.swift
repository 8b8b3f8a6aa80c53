// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

extension ProviderExample {
    static let keycloak = ProviderExample(
        name: "Keycloak", issuer: "https://id.example/realms/simple-scheduler",
        discovery: """
            {"issuer":"ISS","authorization_endpoint":"ISS/protocol/openid-connect/auth",
            "token_endpoint":"ISS/protocol/openid-connect/token","jwks_uri":"ISS/protocol/openid-connect/certs",
            "device_authorization_endpoint":"ISS/protocol/openid-connect/auth/device",
            "revocation_endpoint":"ISS/protocol/openid-connect/revoke","claims_parameter_supported":true,
            "scopes_supported":["openid","offline_access","jobs:read","jobs:write","runs:read","runs:write"],
            "token_endpoint_auth_methods_supported":["private_key_jwt","client_secret_basic","client_secret_post"],
            "mtls_endpoint_aliases":{"token_endpoint":"ISS/protocol/openid-connect/token"}}
            """,
        otherKeys: [
            #"{"kid":"e","kty":"RSA","alg":"RSA-OAEP","use":"enc","x5c":["MIIC"],"x5t":"x","n":"sbS4","e":"AQAB"}"#,
            #"{"kid":"o","kty":"OKP","alg":"EdDSA","use":"sig","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapi"}"#,
        ],
        audience: "simple-scheduler",
        tokens: [
            Token(
                "26",
                """
                {"exp":EXP,"iat":NOW,"auth_time":NOW,"jti":"onrtac:1","iss":"ISS","aud":["simple-scheduler","account"],
                "sub":"f1","typ":"Bearer","azp":"cli","sid":"s","acr":"1","realm_access":{"roles":["user"]},
                "scope":"openid jobs:read runs:read","preferred_username":"alice"}
                """, .accepted(subject: "f1", client: "cli", scopes: ["openid", "jobs:read", "runs:read"])),
            Token(
                "26 with the type of RFC 9068", #"{"alg":"RS256","typ":"at+jwt","kid":"KID"}"#,
                """
                {"exp":EXP,"iat":NOW,"jti":"1","iss":"ISS","aud":"simple-scheduler","sub":"f1","typ":"Bearer",
                "azp":"cli","scope":"jobs:read"}
                """, .accepted(subject: "f1", client: "cli", scopes: ["jobs:read"])),
            Token(
                "18",
                """
                {"exp":EXP,"nbf":0,"iat":NOW,"auth_time":NOW,"jti":"1","iss":"ISS","aud":"simple-scheduler","sub":"f1",
                "typ":"Bearer","azp":"cli","nonce":"NONCE","session_state":"s","acr":"1","scope":"jobs:read"}
                """, .accepted(subject: "f1", client: "cli", scopes: ["jobs:read"])),
            Token(
                "a service account",
                """
                {"exp":EXP,"iat":NOW,"jti":"trrtcc:1","iss":"ISS","aud":"simple-scheduler","sub":"s1","typ":"Bearer",
                "azp":"robot","acr":"1","scope":"jobs:read","clientHost":"10.0.0.1","client_id":"robot"}
                """, .accepted(subject: "s1", client: "robot", scopes: ["jobs:read"])),
            Token(
                "without an audience mapper",
                #"{"exp":EXP,"iat":NOW,"iss":"ISS","sub":"f1","typ":"Bearer","azp":"cli","scope":"jobs:read"}"#,
                .refused("has no aud")),
            Token(
                "an ID token",
                #"{"exp":EXP,"iat":NOW,"iss":"ISS","aud":"simple-scheduler","sub":"f1","typ":"ID","azp":"cli"}"#,
                .refused("it is an ID token")),
            Token(
                "an offline token",
                #"{"exp":EXP,"iat":NOW,"iss":"ISS","aud":"simple-scheduler","sub":"f1","typ":"Offline","azp":"cli"}"#,
                .refused("it is a refresh token")),
            Token(
                "a refresh token", #"{"alg":"HS512","typ":"JWT","kid":"h"}"#,
                #"{"exp":EXP,"iat":NOW,"iss":"ISS","aud":"ISS","sub":"f1","typ":"Refresh","azp":"cli"}"#,
                .refused("algorithm is not accepted")),
        ],
        answer: """
            {"access_token":"ACCESS","expires_in":300,"refresh_expires_in":1800,"refresh_token":"r","token_type":"Bearer",
            "id_token":"ID","not-before-policy":0,"session_state":"s","scope":"openid jobs:read"}
            """,
        lifetime: 300, clientID: "cli",
        idClaims: """
            {"exp":EXP,"iat":NOW,"auth_time":NOW,"jti":"1","iss":"ISS","aud":["cli","simple-scheduler"],"sub":"f1",
            "typ":"ID","azp":"cli","nonce":"NONCE","sid":"s","at_hash":"h","acr":"1","preferred_username":"alice"}
            """,
        who: "alice")
}
