// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

extension ProviderExample {
    static let entra = ProviderExample(
        name: "Entra", issuer: "https://login.microsoftonline.com/72f9/v2.0",
        discovery: """
            {"token_endpoint":"https://login.microsoftonline.com/72f9/oauth2/v2.0/token",
            "token_endpoint_auth_methods_supported":["client_secret_post","private_key_jwt","client_secret_basic"],
            "jwks_uri":"https://login.microsoftonline.com/72f9/discovery/v2.0/keys",
            "scopes_supported":["openid","profile","email","offline_access"],"issuer":"ISS",
            "authorization_endpoint":"https://login.microsoftonline.com/72f9/oauth2/v2.0/authorize",
            "device_authorization_endpoint":"https://login.microsoftonline.com/72f9/oauth2/v2.0/devicecode",
            "tenant_region_scope":null,"cloud_instance_name":"microsoftonline.com"}
            """,
        keyMembers: ["use": "sig", "x5t": "x", "issuer": "https://login.microsoftonline.com/{tenantid}/v2.0"],
        audience: "6e74",
        tokens: [
            Token(
                "version 2.0, for a person", #"{"typ":"JWT","alg":"RS256","kid":"KID"}"#,
                """
                {"aud":"6e74","iss":"ISS","iat":NOW,"nbf":NOW,"exp":EXP,"aio":"a","azp":"c1","azpacr":"0","oid":"o1",
                "rh":"0.A","scp":"jobs:read runs:read","sid":"s","sub":"p1","tid":"72f9","uti":"u","ver":"2.0"}
                """, .accepted(subject: "p1", client: "c1", scopes: ["jobs:read", "runs:read"])),
            Token(
                "version 2.0, for a program, whose rights are roles", #"{"typ":"JWT","alg":"RS256","kid":"KID"}"#,
                """
                {"aud":"6e74","iss":"ISS","iat":NOW,"nbf":NOW,"exp":EXP,"azp":"c1","azpacr":"1","idtyp":"app",
                "oid":"o2","roles":["jobs:read"],"sub":"o2","tid":"72f9","ver":"2.0"}
                """, .accepted(subject: "o2", client: "c1", scopes: [])),
            Token(
                "version 1.0", #"{"typ":"JWT","alg":"RS256","x5t":"KID","kid":"KID"}"#,
                """
                {"aud":"api://6e74","iss":"https://sts.windows.net/72f9/","iat":NOW,"nbf":NOW,"exp":EXP,"appid":"c1",
                "scp":"jobs:read","sub":"p1","tid":"72f9","ver":"1.0"}
                """, .refused("requestedAccessTokenVersion")),
        ],
        answer: """
            {"token_type":"Bearer","scope":"api://6e74/jobs:read api://6e74/runs:read","expires_in":4171,
            "ext_expires_in":4171,"access_token":"ACCESS","refresh_token":"r","id_token":"ID"}
            """,
        lifetime: 4_171, clientID: "c1",
        idClaims: """
            {"aud":"c1","iss":"ISS","iat":NOW,"nbf":NOW,"exp":EXP,"name":"Alice","nonce":"NONCE","oid":"o1",
            "preferred_username":"alice@example.com","rh":"0.A","sub":"i1","tid":"72f9","uti":"u","ver":"2.0"}
            """,
        who: "alice@example.com")

    static let entra1 = ProviderExample(
        name: "Entra, version 1.0", issuer: "https://sts.windows.net/72f9/",
        discovery: """
            {"token_endpoint":"https://login.microsoftonline.com/72f9/oauth2/token","issuer":"ISS",
            "token_endpoint_auth_methods_supported":["client_secret_post","private_key_jwt","client_secret_basic"],
            "jwks_uri":"https://login.microsoftonline.com/common/discovery/keys","scopes_supported":["openid"],
            "authorization_endpoint":"https://login.microsoftonline.com/72f9/oauth2/authorize",
            "device_authorization_endpoint":"https://login.microsoftonline.com/72f9/oauth2/devicecode"}
            """,
        keyMembers: ["use": "sig", "x5t": "x"], audience: "api://6e74",
        tokens: [
            Token(
                "for a person", #"{"typ":"JWT","alg":"RS256","x5t":"KID","kid":"KID"}"#,
                """
                {"aud":"api://6e74","iss":"ISS","iat":NOW,"nbf":NOW,"exp":EXP,"acr":"1","aio":"a","amr":["pwd"],
                "appid":"c1","appidacr":"0","ipaddr":"10.0.0.1","oid":"o1","rh":"0.A","scp":"jobs:read","sub":"p1",
                "tid":"72f9","unique_name":"alice","upn":"alice@example.com","uti":"u","ver":"1.0"}
                """, .accepted(subject: "p1", client: "c1", scopes: ["jobs:read"]))
        ],
        answer: """
            {"token_type":"Bearer","expires_in":"3599","expires_on":"1388444763","not_before":"1388440863",
            "resource":"api://6e74","access_token":"ACCESS","refresh_token":"r","scope":"jobs:read","id_token":"ID"}
            """,
        lifetime: 3_599, clientID: "c1",
        idClaims: """
            {"aud":"c1","iss":"ISS","iat":NOW,"nbf":NOW,"exp":EXP,"amr":["pwd"],"name":"Alice","nonce":"NONCE",
            "oid":"o1","sub":"i1","tid":"72f9","unique_name":"alice","upn":"alice@example.com","ver":"1.0"}
            """,
        who: "Alice")
}
