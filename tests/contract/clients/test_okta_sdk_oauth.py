"""Okta's SDK as an API service app: a private key in the place of a token. Source: Okta, OAuth for Okta APIs."""

import json

import pytest
from joserfc.jwk import RSAKey
from okta import models
from okta.client import Client

from tests.contract.clients.sdk import Sdk, got, refused
from tests.contract.clients.served_org import ServedOrg
from tests.local_cloud.okta.org import NATIVE_APP
from tests.requirements import requirement

pytestmark = pytest.mark.anyio
SERVICE = {
    "application_type": "service",
    "grant_types": ["client_credentials"],
    "response_types": ["token"],
}


@pytest.fixture(scope="module")
def key() -> RSAKey:
    """The service's key."""
    return RSAKey.generate_key(2048, {"kid": "sdk-key", "use": "sig"})


async def service_app(sdk: Sdk, served: ServedOrg, key: RSAKey, label: str) -> str:
    """Create an API service app with this key, which the SDK's own types cannot send."""
    oauth = {**SERVICE, "jwks": {"keys": [key.as_dict(private=False)]}}
    client = {"token_endpoint_auth_method": "private_key_jwt"}
    body = {"label": label, "credentials": {"oauthClient": client}, "settings": {"oauthClient": oauth}}
    made = await served.make("/api/v1/apps", {**NATIVE_APP, **body})
    return got(await sdk.get_application(made["id"])).id


async def allow(sdk: Sdk, served: ServedOrg, client_id: str, *scopes: str) -> None:
    """Grant scopes of the Okta API to an app."""
    for scope in scopes:
        grant = models.OAuth2ScopeConsentGrant.from_dict({"scopeId": scope, "issuer": served.url})
        got(await sdk.grant_consent_to_scope(client_id, grant))


def signed_in(served: ServedOrg, client_id: str, key: RSAKey, *scopes: str) -> Sdk:
    """The SDK with that app's key."""
    settings = {
        "orgUrl": served.url,
        "authorizationMode": "PrivateKey",
        "clientId": client_id,
        "scopes": list(scopes),
        "privateKey": json.dumps(key.as_dict(private=True)),
        "kid": "sdk-key",
    }
    return Client(settings)


@requirement("contract:okta-sdk-oauth")
async def test_a_key_and_granted_scopes_open_the_management_api(sdk: Sdk, served: ServedOrg, key: RSAKey) -> None:
    """The SDK asks `/oauth2/v1/token` with private_key_jwt and calls with the token (OAuth for Okta APIs)."""
    client_id = await service_app(sdk, served, key, "manager")
    await allow(sdk, served, client_id, "okta.groups.manage", "okta.authorizationServers.read")
    service = signed_in(served, client_id, key, "okta.groups.manage", "okta.authorizationServers.read")
    group = got(await service.add_group(models.AddGroupRequest.from_dict({"profile": {"name": "by-key"}})))

    assert got(await service.get_group(group.id)).id == group.id
    assert len(got(await service.list_authorization_servers())) == 1
    got(await service.delete_group(group.id))


@requirement("contract:okta-sdk-oauth")
async def test_a_token_opens_only_what_its_scopes_name(sdk: Sdk, served: ServedOrg, key: RSAKey) -> None:
    """Reading is not managing, and apps are not groups: 403 E0000006 (Okta, error codes; OAuth scopes)."""
    client_id = await service_app(sdk, served, key, "reader")
    await allow(sdk, served, client_id, "okta.groups.read")
    service = signed_in(served, client_id, key, "okta.groups.read")
    wanted = models.AddGroupRequest.from_dict({"profile": {"name": "never"}})

    assert got(await service.list_groups())
    assert refused(await service.add_group(wanted)) == (403, "E0000006")
    assert refused(await service.list_applications()) == (403, "E0000006")


@requirement("contract:okta-sdk-oauth")
async def test_a_scope_that_was_not_granted_gets_no_token(sdk: Sdk, served: ServedOrg, key: RSAKey) -> None:
    """The token endpoint answers `consent_required` before any call is made (OAuth for Okta APIs, troubleshooting)."""
    client_id = await service_app(sdk, served, key, "ungranted")
    service = signed_in(served, client_id, key, "okta.users.manage")
    error = (await service.list_users())[-1]

    assert "consent_required" in str(error)


@requirement("contract:okta-sdk-oauth")
async def test_another_key_gets_no_token(sdk: Sdk, served: ServedOrg, key: RSAKey) -> None:
    """A signature by a key that is not the app's is `invalid_client` (RFC 7523 §3)."""
    client_id = await service_app(sdk, served, key, "stolen")
    await allow(sdk, served, client_id, "okta.groups.read")
    other = RSAKey.generate_key(2048, {"kid": "sdk-key"})
    error = (await signed_in(served, client_id, other, "okta.groups.read").list_groups())[-1]

    assert "invalid_client" in str(error)
