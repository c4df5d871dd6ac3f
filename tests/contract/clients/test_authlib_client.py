"""Authlib's OAuth client against the local Okta. Source: issue 4; RFC 6749, 7009, 7523, 7636, 7662, 8628."""

from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.httpx_client import AsyncOAuth2Client
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from authlib.oauth2.rfc8414 import AuthorizationServerMetadata, get_well_known_url, models
from authlib.oidc.discovery import OpenIDProviderMetadata
from joserfc.jwk import RSAKey

from tests.contract.clients.people import DEVICE, activate, add_service, admit_devices, sign_in
from tests.local_cloud.okta.org import CALLBACK, OktaOrg
from tests.requirements import requirement

pytestmark = pytest.mark.anyio
SCOPE = "openid offline_access mcp:read"
# Okta names the methods of these endpoints without the algorithms that RFC 8414 §2 wants beside them.
NOT_PUBLISHED_BY_OKTA = {
    "token_endpoint_auth_signing_alg_values_supported",
    "revocation_endpoint_auth_signing_alg_values_supported",
    "introspection_endpoint_auth_signing_alg_values_supported",
}
VERIFIER = "a-verifier-of-forty-three-characters-or-more-0123"


@pytest.fixture
async def org(anyio_backend: str) -> OktaOrg:
    """An org with everything that the product creates."""
    return await OktaOrg().deploy()


@pytest.fixture
async def metadata(org: OktaOrg) -> AuthorizationServerMetadata:
    """The server's metadata, from where RFC 8414 says that it is."""
    async with org.browser() as browser:
        document = (await browser.get(get_well_known_url(org.server["issuer"], external=True))).json()
    return AuthorizationServerMetadata(document)


@pytest.fixture
async def client(org: OktaOrg) -> AsyncIterator[AsyncOAuth2Client]:
    """A public client with PKCE."""
    async with public_client(org) as opened:
        yield opened


def public_client(org: OktaOrg, **settings: Any) -> AsyncOAuth2Client:
    """A client that has the native app's id."""
    return AsyncOAuth2Client(
        org.client["id"],
        redirect_uri=CALLBACK,
        code_challenge_method="S256",
        transport=httpx2.ASGITransport(org.app),
        **settings,
    )


async def tokens_of(
    org: OktaOrg, client: AsyncOAuth2Client, metadata: AuthorizationServerMetadata, login: str = "reader@example.com"
) -> dict[str, Any]:
    """Sign somebody in and exchange the code."""
    url, _ = client.create_authorization_url(
        metadata["authorization_endpoint"], code_verifier=VERIFIER, scope=SCOPE, state="s"
    )
    async with org.browser() as browser:
        answer = await sign_in(browser, url, login)
    return await client.fetch_token(
        metadata["token_endpoint"], authorization_response=answer, state="s", code_verifier=VERIFIER
    )


async def facts(client: AsyncOAuth2Client, metadata: AuthorizationServerMetadata, token: str) -> dict[str, Any]:
    """What introspection says of a token, asked by the public client."""
    return (await client.introspect_token(metadata["introspection_endpoint"], token=token)).json()


@requirement("contract:authlib")
@pytest.mark.parametrize(
    ("kind", "path"),
    [
        (AuthorizationServerMetadata, "oauth-authorization-server"),
        (OpenIDProviderMetadata, "openid-configuration"),
    ],
)
async def test_the_metadata_is_valid(
    org: OktaOrg, monkeypatch: pytest.MonkeyPatch, kind: type[AuthorizationServerMetadata], path: str
) -> None:
    """Authlib's checks of RFC 8414 §2 and OpenID Connect Discovery §3; http on loopback is taken for secure."""
    monkeypatch.setattr(f"{models.__name__}.is_secure_transport", lambda url: url.startswith("http://127.0.0.1:"))
    async with org.browser() as browser:
        document = kind((await browser.get(f"{org.server['issuer']}/.well-known/{path}")).json())
    for name in set(kind.REGISTRY_KEYS) - NOT_PUBLISHED_BY_OKTA:
        getattr(document, f"validate_{name}")()

    assert len(kind.REGISTRY_KEYS) > 20
    assert document["issuer"] == org.server["issuer"]


@requirement("contract:authlib")
async def test_a_code_becomes_tokens_that_are_refreshed(
    org: OktaOrg, client: AsyncOAuth2Client, metadata: AuthorizationServerMetadata
) -> None:
    """Code with PKCE, then a refresh that rotates (RFC 6749 §4.1, §6; RFC 7636)."""
    first = await tokens_of(org, client, metadata)
    second = await client.refresh_token(metadata["token_endpoint"], refresh_token=first["refresh_token"])

    assert set(first["scope"].split()) == set(SCOPE.split())
    assert first["token_type"] == "Bearer"
    assert second["refresh_token"] != first["refresh_token"]
    assert (await facts(client, metadata, second["access_token"]))["username"] == "reader@example.com"


@requirement("contract:authlib")
async def test_a_code_needs_its_verifier(
    org: OktaOrg, client: AsyncOAuth2Client, metadata: AuthorizationServerMetadata
) -> None:
    """A stolen code is worth nothing (RFC 7636 §4.6); Authlib raises what the server says."""
    url, _ = client.create_authorization_url(
        metadata["authorization_endpoint"], code_verifier=VERIFIER, scope=SCOPE, state="s"
    )
    async with org.browser() as browser:
        answer = await sign_in(browser, url, "reader@example.com")

    with pytest.raises(OAuthError, match="invalid_grant"):
        await client.fetch_token(
            metadata["token_endpoint"], authorization_response=answer, state="s", code_verifier=VERIFIER[::-1]
        )


@requirement("contract:authlib")
async def test_a_revoked_token_is_inactive(
    org: OktaOrg, client: AsyncOAuth2Client, metadata: AuthorizationServerMetadata
) -> None:
    """Revocation by Authlib, seen by introspection (RFC 7009 §2, RFC 7662 §2)."""
    token = await tokens_of(org, client, metadata)
    revoke = metadata["revocation_endpoint"]
    before = await facts(client, metadata, token["access_token"])
    response = await client.revoke_token(revoke, token=token["refresh_token"], token_type_hint="refresh_token")

    assert before["active"] is True
    assert response.status_code == 200
    assert await facts(client, metadata, token["refresh_token"]) == {"active": False}


@requirement("contract:authlib")
async def test_a_reused_refresh_token_takes_everything_away(
    org: OktaOrg, client: AsyncOAuth2Client, metadata: AuthorizationServerMetadata
) -> None:
    """Rotation with reuse detection, past the leeway (Okta, refresh token rotation; RFC 9700 §4.14)."""
    first = await tokens_of(org, client, metadata)
    second = await client.refresh_token(metadata["token_endpoint"], refresh_token=first["refresh_token"])
    org.clock.offset_seconds += 31

    with pytest.raises(OAuthError, match="invalid_grant"):
        await client.refresh_token(metadata["token_endpoint"], refresh_token=first["refresh_token"])
    with pytest.raises(OAuthError, match="invalid_grant"):
        await client.refresh_token(metadata["token_endpoint"], refresh_token=second["refresh_token"])
    assert await facts(client, metadata, second["access_token"]) == {"active": False}


@requirement("contract:authlib")
async def test_a_service_signs_for_its_token(org: OktaOrg, metadata: AuthorizationServerMetadata) -> None:
    """client_credentials with Authlib's private_key_jwt (RFC 7523 §2.2, RFC 6749 §4.4)."""
    key = RSAKey.generate_key(2048, {"kid": "service"})
    client_id = await add_service(org, key)
    endpoint = metadata["token_endpoint"]
    service = AsyncOAuth2Client(
        client_id,
        key.as_dict(private=True),
        token_endpoint_auth_method="private_key_jwt",
        transport=httpx2.ASGITransport(org.app),
    )
    service.register_client_auth_method(PrivateKeyJWT(endpoint, headers={"kid": "service"}))
    async with service:
        token = await service.fetch_token(endpoint, grant_type="client_credentials", scope="mcp:read")
        with pytest.raises(OAuthError, match="access_denied"):
            await service.fetch_token(endpoint, grant_type="client_credentials", scope="mcp:write")

    assert token["scope"] == "mcp:read"
    assert "refresh_token" not in token


@requirement("contract:authlib")
async def test_a_device_gets_its_tokens_when_a_person_has_let_it_in(
    org: OktaOrg, client: AsyncOAuth2Client, metadata: AuthorizationServerMetadata
) -> None:
    """Authlib polls with the device code: pending, too fast, then tokens (RFC 8628 §3.4, §3.5)."""
    await admit_devices(org)
    async with org.browser() as browser:
        form = {"client_id": org.client["id"], "scope": "openid mcp:read"}
        device = (await browser.post(metadata["device_authorization_endpoint"], data=form)).json()
        wanted = {"grant_type": DEVICE, "device_code": device["device_code"]}
        with pytest.raises(OAuthError, match="authorization_pending"):
            await client.fetch_token(metadata["token_endpoint"], **wanted)
        with pytest.raises(OAuthError, match="slow_down"):
            await client.fetch_token(metadata["token_endpoint"], **wanted)
        page = await activate(browser, device["verification_uri_complete"], "reader@example.com")
        org.clock.offset_seconds += 30
        token = await client.fetch_token(metadata["token_endpoint"], **wanted)

    assert "Device activated" in page
    assert (await facts(client, metadata, token["access_token"]))["username"] == "reader@example.com"
    with pytest.raises(OAuthError, match="invalid_grant"):
        await client.fetch_token(metadata["token_endpoint"], **wanted)
