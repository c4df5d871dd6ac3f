"""Okta's own verifier of tokens against tokens of the local Okta, over https. Source: okta-jwt-verifier-python."""

from typing import Any

import pytest
from okta_jwt_verifier import AccessTokenVerifier, IDTokenVerifier
from okta_jwt_verifier.exceptions import JWTValidationException

from tests.contract.clients.served_org import ServedOrg
from tests.local_cloud.okta.org import AUDIENCE
from tests.local_cloud.okta.sign_in import Login
from tests.requirements import requirement


@pytest.fixture
def trusted(secure: ServedOrg, monkeypatch: pytest.MonkeyPatch) -> ServedOrg:
    """An org whose certificate `requests`, which the verifier uses, trusts."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(secure.authority))
    return secure


def sign_in(org: ServedOrg, **extra: str) -> dict[str, Any]:
    """Sign the reader in."""

    async def steps() -> dict[str, Any]:
        async with org.browser() as browser:
            return await Login(org, extra=extra).tokens(browser, "reader@example.com")

    return org.run(steps)


@requirement("contract:okta-jwt-verifier")
def test_an_access_token_of_a_person_is_accepted(trusted: ServedOrg) -> None:
    """Signature by the issuer's keys, iss, aud, exp (Okta, validate access tokens)."""
    token = sign_in(trusted)["access_token"]

    AccessTokenVerifier(issuer=trusted.server["issuer"], audience=AUDIENCE).verify_sync(token)


@requirement("contract:okta-jwt-verifier")
@pytest.mark.parametrize("audience", ["api://default", AUDIENCE[:-1], f"{AUDIENCE}/"])
def test_an_access_token_for_another_audience_is_refused(trusted: ServedOrg, audience: str) -> None:
    """`aud` must be the very text (Okta, validate access tokens)."""
    token = sign_in(trusted)["access_token"]

    with pytest.raises(JWTValidationException, match=r"[Aa]udience"):
        AccessTokenVerifier(issuer=trusted.server["issuer"], audience=audience).verify_sync(token)


@requirement("contract:okta-jwt-verifier")
def test_an_expired_access_token_is_refused(trusted: ServedOrg) -> None:
    """Past `exp` and the verifier's leeway of two minutes; the token is made two hours ago by the org's clock."""
    trusted.clock.offset_seconds -= 7200
    try:
        token = sign_in(trusted)["access_token"]
    finally:
        trusted.clock.offset_seconds += 7200

    with pytest.raises(JWTValidationException, match="expired"):
        AccessTokenVerifier(issuer=trusted.server["issuer"], audience=AUDIENCE).verify_sync(token)


@requirement("contract:okta-jwt-verifier")
def test_a_token_of_another_server_of_the_org_is_refused(trusted: ServedOrg) -> None:
    """The issuer differs, and so do its keys (Okta, validate access tokens)."""
    token = sign_in(trusted)["access_token"]

    with pytest.raises(JWTValidationException, match=r"[Ii]ssuer"):
        AccessTokenVerifier(issuer=f"{trusted.url}/oauth2/default", audience=AUDIENCE).verify_sync(token)


@requirement("contract:okta-jwt-verifier")
def test_an_id_token_is_accepted_by_its_client_with_its_nonce(trusted: ServedOrg) -> None:
    """`aud` is the client and `nonce` the request's (Okta, validate ID tokens)."""
    token = sign_in(trusted, nonce="n-1")["id_token"]
    verifier = IDTokenVerifier(
        issuer=trusted.server["issuer"], client_id=trusted.client["id"], audience=trusted.client["id"]
    )

    verifier.verify_sync(token, nonce="n-1")
    with pytest.raises(JWTValidationException, match="nonce"):
        verifier.verify_sync(token, nonce="n-2")


@requirement("contract:okta-jwt-verifier")
def test_an_id_token_is_refused_by_another_client(trusted: ServedOrg) -> None:
    """An ID token is for one client (Okta, validate ID tokens)."""
    token = sign_in(trusted)["id_token"]
    verifier = IDTokenVerifier(issuer=trusted.server["issuer"], client_id="0oaAnother", audience="0oaAnother")

    with pytest.raises(JWTValidationException, match=r"[Cc]lient"):
        verifier.verify_sync(token)


@requirement("contract:okta-jwt-verifier")
def test_a_token_signed_after_a_rotation_is_accepted(trusted: ServedOrg) -> None:
    """The next key is published before it signs, and a new verifier finds it (Okta, key rotation)."""

    async def rotate() -> int:
        body = {"use": "sig"}
        return (await trusted.call("POST", f"{trusted.server_path}/credentials/lifecycle/keyRotate", body)).status_code

    before = sign_in(trusted)["access_token"]
    assert trusted.run(rotate) == 200
    after = sign_in(trusted)["access_token"]
    verifier = AccessTokenVerifier(issuer=trusted.server["issuer"], audience=AUDIENCE)

    verifier.verify_sync(before)
    verifier.verify_sync(after)
