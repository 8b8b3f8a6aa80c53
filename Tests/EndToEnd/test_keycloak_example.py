# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""examples/keycloak-example-realm.json: what the documentation says of it. There is no Keycloak here to import it."""

import json
import pathlib

import pytest

SCOPES = ["jobs:read", "jobs:write", "runs:read", "runs:write"]
CLIENT = "simple-scheduler-cli"
FILE = pathlib.Path(__file__).parents[2] / "examples" / "keycloak-example-realm.json"


@pytest.fixture(scope="module")
def realm():
    return json.loads(FILE.read_text(encoding="utf-8"))


@pytest.fixture
def client(realm):
    (client,) = realm["clients"]
    return client


def test_the_realm_is_the_one_of_the_documentation(realm):
    assert realm["realm"] == "simple-scheduler"
    assert realm["enabled"] is True
    assert not realm["registrationAllowed"]
    assert realm["defaultSignatureAlgorithm"] == "RS256"


def test_the_client_is_public_with_pkce_and_one_redirect(client):
    assert client["clientId"] == CLIENT
    assert client["publicClient"] is True
    assert client["redirectUris"] == ["http://localhost:5556/callback"]
    assert client["standardFlowEnabled"] and not client["implicitFlowEnabled"]
    assert not client["directAccessGrantsEnabled"] and not client["serviceAccountsEnabled"]
    assert client["attributes"]["pkce.code.challenge.method"] == "S256"
    assert client["attributes"]["oauth2.device.authorization.grant.enabled"] == "true"


def test_four_roles_and_four_scopes_that_need_them(realm, client):
    assert [role["name"] for role in realm["roles"]["client"][CLIENT]] == SCOPES
    scopes = {scope["name"]: scope for scope in realm["clientScopes"]}
    assert sorted(scopes) == sorted([*SCOPES, "basic"])
    for name in SCOPES:
        assert scopes[name]["protocol"] == "openid-connect"
        assert scopes[name]["attributes"]["include.in.token.scope"] == "true"
    # A scope is granted only to users with the role of the same name.
    assert realm["clientScopeMappings"] == {CLIENT: [{"clientScope": name, "roles": [name]} for name in SCOPES]}
    assert client["fullScopeAllowed"] is False
    assert sorted(client["optionalClientScopes"]) == sorted(SCOPES)
    # A file that brings client scopes gets none of Keycloak's own: what is named must be in it.
    assert set(client["defaultClientScopes"]) | set(client["optionalClientScopes"]) <= set(scopes)


def test_every_token_says_whose_and_for_whom_it_is(realm):
    mappers = {
        scope["name"]: [mapper["protocolMapper"] for mapper in scope["protocolMappers"]]
        for scope in realm["clientScopes"]
    }
    assert mappers == {"basic": ["oidc-sub-mapper"], **{name: ["oidc-audience-mapper"] for name in SCOPES}}


def test_the_user_guest_has_all_roles(realm):
    (user,) = realm["users"]
    assert user["username"] == "guest" and user["enabled"]
    assert user["clientRoles"] == {CLIENT: SCOPES}
    # Known to everybody, as the documentation says: for development only.
    assert [credential["value"] for credential in user["credentials"]] == ["guest"]


def test_there_is_no_secret_and_no_key_in_it(realm):
    def names(value):
        if isinstance(value, dict):
            for name, member in value.items():
                yield name.lower()
                yield from names(member)
        elif isinstance(value, list):
            for member in value:
                yield from names(member)

    forbidden = ["secret", "privatekey", "certificate", "secretdata", "token.secret"]
    assert [name for name in names(realm) if any(word in name for word in forbidden)] == []
    assert "BEGIN" not in FILE.read_text(encoding="utf-8")
