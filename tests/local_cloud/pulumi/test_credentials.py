"""The Okta plugin as a service app that signs for its own tokens, on the local Okta."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from local_cloud.clock import Clock
from local_cloud.okta import OktaSettings, build_okta
from local_cloud.pulumi.providers.errors import ProviderError
from local_cloud.pulumi.providers.okta import PLUGIN
from local_cloud.pulumi.providers.okta.client import OktaClient
from local_cloud.pulumi.providers.okta.connection import OAUTH, credentials, prove
from local_cloud.pulumi.providers.patience import Patience
from tests.local_cloud.pulumi.cases import on
from tests.local_cloud.pulumi.cases_okta import API_SCOPES, APP, GROUP
from tests.local_cloud.pulumi.in_process import InProcess
from tests.local_cloud.pulumi.wire import Aborted, Wire, plain
from tests.local_cloud.pulumi.worlds import OKTA_TOKEN, OKTA_URL, World
from tests.local_cloud.pulumi.worlds import patience as no_waits
from tests.requirements import requirement

KEY = RSAKey.generate_key(2048, {"kid": "k1"}, private=True)
PEM = KEY.as_pem(private=True).decode()
SCOPES = ["okta.groups.manage", "okta.apps.manage"]


class Recording(InProcess):
    """Remembers the requests; answers the next ones with a status, if told so."""

    def __init__(self, app: Any) -> None:
        super().__init__(app)
        self.asked: list[httpx2.Request] = []
        self.refuse: list[int] = []

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Record, and answer."""
        self.asked.append(request)
        if self.refuse and not request.url.path.endswith("/token"):
            error = {"errorCode": "E0000011", "errorSummary": "Invalid token provided"}
            return httpx2.Response(self.refuse.pop(0), json=error)
        return super().handle_request(request)

    def tokens(self) -> int:
        """How many tokens were asked for."""
        return sum(request.url.path == "/oauth2/v1/token" for request in self.asked)


@dataclass(frozen=True)
class Org:
    """A local Okta with a service app."""

    app: Any
    clock: Clock
    client_id: str


@pytest.fixture(scope="module")
def org() -> Org:
    """A local Okta with a service app that is granted the scopes."""
    clock = Clock()
    app = build_okta(OktaSettings(OKTA_URL, OKTA_TOKEN), clock)
    client = OktaClient(OKTA_URL, OKTA_TOKEN, httpx2.Client(transport=InProcess(app)), no_waits([]))
    world = World(PLUGIN, client, client, None, [])  # type: ignore[arg-type]
    public = {name: value for name, value in KEY.as_dict(private=False).items() if name in ("kty", "kid", "e", "n")}
    service = {
        "label": "deployer",
        "type": "service",
        "grantTypes": ["client_credentials"],
        "responseTypes": ["token"],
        "tokenEndpointAuthMethod": "private_key_jwt",
        "jwks": [public],
    }
    made = on(world, APP, service)
    on(world, API_SCOPES, {"appId": made["id"], "issuer": OKTA_URL, "scopes": SCOPES})
    return Org(app, clock, made["clientId"])


@pytest.fixture(autouse=True)
def nothing_of_the_person(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No credentials from the environment."""
    for name in ("OKTA_API_TOKEN", *OAUTH.values()):
        monkeypatch.delenv(name, raising=False)
    yield


def settings_of(org: Org, **change: Any) -> dict[str, Any]:
    """The provider's settings, the list as the engine hands it over."""
    given = {"clientId": org.client_id, "privateKey": PEM, "privateKeyId": "k1", "scopes": json.dumps(SCOPES)}
    return {**given, **change}


def client_of(org: Org, now: Any = None, **change: Any) -> tuple[OktaClient, Recording]:
    """The plugin's client, and what it asks."""
    transport = Recording(org.app)
    patience = Patience(now=now, wait=lambda seconds: False) if now else no_waits([])
    found = credentials(settings_of(org, **change), OKTA_URL)
    assert found
    return OktaClient(OKTA_URL, found, httpx2.Client(transport=transport), patience), transport


@requirement("pulumi:oauth")
def test_an_app_gets_itself_a_token_and_uses_it_for_everything(org: Org) -> None:
    """One token for all requests; the pages' own API, which takes no OAuth, is left alone (Okta, OAuth for Okta)."""
    client, transport = client_of(org)
    prove(client)
    wire = Wire(PLUGIN, lambda settings: client)
    inputs, _ = wire.check(GROUP, {"name": "made-by-an-app"})
    made = wire.create(GROUP, inputs)
    wire.delete(GROUP, made.id, plain(made.properties))
    web = {
        "label": "web-by-an-app",
        "type": "web",
        "redirectUris": ["http://127.0.0.1/cb"],
        "skipAuthenticationPolicy": True,
    }
    app = wire.create(APP, wire.check(APP, web)[0])
    wire.delete(APP, app.id, plain(app.properties))

    assert transport.tokens() == 1
    used = {request.headers["authorization"].split()[0] for request in transport.asked[1:]}
    assert used == {"Bearer"}
    assert not [request for request in transport.asked if "/internal/" in request.url.path]


@requirement("pulumi:oauth")
def test_the_assertion_is_for_the_token_endpoint_and_each_is_another(org: Org) -> None:
    """iss = sub = client id, aud is the endpoint's URL exactly, a jti of its own, minutes to live (RFC 7523 §3)."""
    client, transport = client_of(org)
    first = client.credentials._assertion(org.clock.now())  # type: ignore[attr-defined]
    second = client.credentials._assertion(org.clock.now())  # type: ignore[attr-defined]
    found = [jwt.decode(one, KEY) for one in (first, second)]

    claims = found[0].claims
    assert (claims["iss"], claims["sub"], claims["aud"]) == (
        org.client_id,
        org.client_id,
        f"{OKTA_URL}/oauth2/v1/token",
    )
    assert claims["exp"] - claims["iat"] <= 3600
    assert (found[0].header["alg"], found[0].header["kid"]) == ("RS256", "k1")
    assert claims["jti"] != found[1].claims["jti"]
    assert transport.asked == []


@requirement("pulumi:oauth")
def test_a_token_is_used_until_it_ends(org: Org) -> None:
    """A minute before its end another one is asked for (RFC 6749 §5.1, expires_in)."""
    client, transport = client_of(org, org.clock.now)
    client.get("/api/v1/groups")
    org.clock.offset_seconds += 3500
    client.get("/api/v1/groups")
    before = transport.tokens()
    org.clock.offset_seconds += 60
    client.get("/api/v1/groups")
    org.clock.offset_seconds = 0

    assert (before, transport.tokens()) == (1, 2)


@requirement("pulumi:oauth")
def test_a_refused_token_is_asked_for_anew_once(org: Org) -> None:
    """A 401 may mean that it was revoked; a second one is told with what to check (Okta, E0000011)."""
    client, transport = client_of(org)
    transport.refuse = [401]
    assert isinstance(client.get("/api/v1/groups"), list)
    assert transport.tokens() == 2

    transport.refuse = [401, 401]
    with pytest.raises(ProviderError, match=r"401 E0000011 .*check okta:clientId, okta:privateKey") as failure:
        client.get("/api/v1/groups")
    assert transport.tokens() == 3
    assert "BEGIN" not in str(failure.value)


@requirement("pulumi:oauth")
def test_many_calls_at_once_share_one_token(org: Org) -> None:
    """Whoever comes while it is asked for waits for it (ours)."""
    client, transport = client_of(org)
    threads = [threading.Thread(target=client.get, args=("/api/v1/groups",)) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)

    assert transport.tokens() == 1
    assert len(transport.asked) == 17


@requirement("pulumi:oauth")
@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"scopes": json.dumps(["okta.users.manage"])}, "(invalid_scope|consent_required)"),
        ({"clientId": "0oanobody"}, "invalid_client"),
        ({"privateKey": RSAKey.generate_key(2048, private=True).as_pem(private=True).decode()}, "invalid_client"),
    ],
)
def test_what_okta_says_of_a_refused_app_is_told(change: dict[str, Any], words: str, org: Org) -> None:
    """When the plugin is configured, with what to check and without the key (RFC 6749 §5.2)."""
    client, _ = client_of(org, **change)

    with pytest.raises(Aborted, match=f"oauth2/v1/token: 40[01] {words}.*check okta:clientId") as failure:
        Wire(PLUGIN, lambda settings: prove(client))
    assert "BEGIN" not in str(failure.value) and "eyJ" not in str(failure.value)


@requirement("pulumi:oauth")
@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"privateKey": None}, r"not configured: okta:privateKey \(or OKTA_API_PRIVATE_KEY\)"),
        ({"privateKey": "-----BEGIN PRIVATE KEY-----\nhush\n-----END PRIVATE KEY-----"}, "neither an RSA private key"),
        ({"privateKey": "/nowhere/key.pem"}, "neither an RSA private key"),
        ({"privateKey": KEY.as_pem(private=False).decode()}, "is a public key"),
        ({"scopes": None}, "okta:scopes"),
        ({"apiToken": "00x"}, "okta:apiToken and okta:clientId exclude each other"),
    ],
)
def test_a_wrong_setting_of_the_app_is_named(change: dict[str, Any], words: str) -> None:
    """Which, and no part of what it holds (pulumi-okta, provider configuration)."""
    given = {"clientId": "0oa1", "privateKey": PEM, "scopes": SCOPES, **change}

    with pytest.raises(ProviderError, match=words) as failure:
        credentials({name: value for name, value in given.items() if value}, OKTA_URL)
    assert "hush" not in str(failure.value)


@requirement("pulumi:oauth")
def test_the_key_may_be_a_file_and_everything_may_come_from_the_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """OKTA_API_CLIENT_ID, OKTA_API_PRIVATE_KEY, OKTA_API_SCOPES with commas (pulumi-okta, provider configuration)."""
    file = tmp_path / "key.pem"
    file.write_text(PEM)
    monkeypatch.setenv("OKTA_API_CLIENT_ID", "0oa1")
    monkeypatch.setenv("OKTA_API_PRIVATE_KEY", str(file))
    monkeypatch.setenv("OKTA_API_SCOPES", "okta.apps.manage, okta.groups.read")
    found: Any = credentials({}, OKTA_URL)

    assert found._scopes == "okta.apps.manage okta.groups.read"
    assert "hush" not in repr(found) and PEM not in repr(found)
