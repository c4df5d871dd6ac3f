"""
Pulumi's own Okta plugin in its stand-in's place, against the local Okta: `--providers real`.

Skipped where that plugin is neither installed nor named by MCP_OKTA_REAL_PLUGIN: nothing is downloaded for a test.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from joserfc.jwk import RSAKey

from environments.plugins import NAMED, Wanted, find_plugin
from tests.journeys.checkout import Checkout, make_checkout
from tests.journeys.test_pretence import okta
from tests.requirements import requirement

OWN, TRIED = find_plugin("okta", os.environ)
# What the bridge under the real plugin keeps for itself, beside the properties that its schema has.
BOOKKEEPING = ("__defaults", "__pulumi_raw_state_delta")
SETS = ("clientWhitelists", "grantTypeWhitelists", "groupWhitelists", "redirectUris", "scopeWhitelists")
SCOPES = ("okta.apps.manage", "okta.authorizationServers.manage", "okta.groups.manage", "okta.policies.read")

pytestmark = pytest.mark.skipif(
    OWN is None,
    reason=f"no Okta plugin {Wanted.of('okta').version} of Pulumi's own ({'; '.join(TRIED)}); {NAMED} may name it",
)


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Checkout]:
    """A checkout in which nothing has run yet, and which knows where the real plugin is."""
    made = make_checkout(tmp_path)
    checkout = Checkout(made.root, made.env | {NAMED: str(OWN)})
    try:
        yield checkout
    finally:
        checkout.run("local", "down")


def pulumi(checkout: Checkout, *commands: str) -> str:
    """Run these commands of plain Pulumi, with the real plugin, in one shell."""
    setup = f'eval "$({checkout.root}/.venv/bin/mcp-okta local env --providers real)"'
    done = checkout.shell(["sh", "-c", "\n".join(["set -e", setup, *commands])], timeout=300)
    assert done.code == 0, done.out + done.err
    return done.out


def drift(checkout: Checkout) -> list[str]:
    """What a refresh with the real plugin counts, beside what is unchanged."""
    counts = pulumi(checkout, "pulumi refresh --yes --skip-preview").partition("Resources:")[2].split("Duration")[0]
    return [line.strip() for line in counts.splitlines() if line.strip() and "unchanged" not in line]


def state_of(checkout: Checkout) -> dict[str, Any]:
    """
    The properties of each Okta object in the engine's state, without the bridge's own notes; sets as sets.

    Source: seen with 7.0.1: a set that nobody gave is null after a creation, and empty after a refresh.
    """
    file = checkout.root / ".local/state/.pulumi/stacks/mcp-okta/local.json"
    resources = json.loads(file.read_text())["checkpoint"]["latest"]["resources"]
    return {
        f"{item['type']} {item['urn'].split('::')[-1]} {side}.{name}": comparable(name, value)
        for item in resources
        if item["type"].startswith("okta:")
        for side in ("inputs", "outputs")
        for name, value in item.get(side, {}).items()
        if name not in BOOKKEEPING and value not in (None, [])
    }


def comparable(name: str, value: Any) -> Any:
    """A set without its order, a secret as no more than that: it is encrypted anew each time."""
    if isinstance(value, dict) and "ciphertext" in value:
        return "secret"
    return sorted(value) if name in SETS else value


def objects(checkout: Checkout) -> list[str]:
    """Every app, authorization server and group of the org, by name."""
    with okta(checkout) as org:
        apps = [item["label"] for item in org.get("/api/v1/apps").json()]
        servers = [item["name"] for item in org.get("/api/v1/authorizationServers").json()]
        return sorted([*apps, *servers, *(item["profile"]["name"] for item in org.get("/api/v1/groups").json())])


@requirement("journeys:real-plugin")
def test_the_real_plugin_deploys_changes_and_deletes_the_whole_stack(own: Checkout) -> None:
    """Same program, same outputs, same sign-in; up, up again, preview, refresh, changed config, down (issue 4)."""
    own.ok("local", "up")
    before = objects(own)
    assert " created in " in own.ok("up", "--providers", "real", timeout=300).err
    assert "no changes" in own.ok("up", "--providers", "real").err
    assert "no changes" in own.ok("preview", "--providers", "real").err
    assert own.ok("call", "whoami", "--json", as_person="reader@example.com").json["subject"] == "reader@example.com"

    assert drift(own) == []
    changed = [
        "memory 512",
        "accessTokenMinutes 30",
        "redirectPorts 9001,9002",
        """access '{"mcp-readers": ["mcp:read"]}'""",
    ]
    pulumi(own, *(f"pulumi config set {value}" for value in changed))
    said = own.ok("up", "--providers", "real").err
    assert "3 updated" in said and "2 deleted" in said
    assert own.outputs()["access"] == {"mcp-readers": ["mcp:read"]}
    assert own.ok("call", "whoami", "--json", as_person="reader@example.com").json["subject"] == "reader@example.com"

    assert "deleted" in own.ok("down", "--providers", "real").err
    assert objects(own) == before


@requirement("journeys:real-plugin-state")
def test_a_stack_goes_from_one_plugin_to_the_other_and_back_without_a_change(own: Checkout) -> None:
    """Made by the stand-in, taken over by the real plugin, changed by it, and taken back (issue 4)."""
    own.ok("up", timeout=300)
    by_stand_in = state_of(own)
    assert "no changes" in own.ok("preview", "--providers", "real").err
    assert "no changes" in own.ok("up", MCP_OKTA_PROVIDERS="real").err
    assert drift(own) == []
    assert state_of(own) == by_stand_in

    pulumi(own, "pulumi config set accessTokenMinutes 30", "pulumi up --yes --skip-preview")
    by_real = state_of(own)
    assert "no changes" in own.ok("preview").err
    assert "no changes" in own.ok("up").err
    assert state_of(own) == by_real


def deployer(checkout: Checkout, public_key: dict[str, Any]) -> str:
    """A service app that may deploy, with no more than it needs; its client id."""
    oauth = {"application_type": "service", "grant_types": ["client_credentials"], "response_types": ["token"]}
    app = {
        "name": "oidc_client",
        "label": "deployer",
        "signOnMode": "OPENID_CONNECT",
        "credentials": {"oauthClient": {"token_endpoint_auth_method": "private_key_jwt"}},
        "settings": {"oauthClient": {**oauth, "jwks": {"keys": [public_key]}}},
    }
    with okta(checkout) as org:
        made = org.post("/api/v1/apps", json=app).raise_for_status().json()["id"]
        for scope in SCOPES:
            grant = {"issuer": str(org.base_url).rstrip("/"), "scopeId": scope}
            org.post(f"/api/v1/apps/{made}/grants", json=grant).raise_for_status()
    return str(made)


@requirement("journeys:real-plugin-oauth")
def test_a_service_app_with_four_scopes_deploys_the_whole_stack_without_a_token_of_an_administrator(
    own: Checkout,
) -> None:
    """OKTA_API_CLIENT_ID and a private key in the place of OKTA_API_TOKEN (issue 4; docs/facts/okta.md §8)."""
    own.ok("local", "up")
    key = RSAKey.generate_key(2048, {"kid": "deployer", "use": "sig"})
    file = own.root.parent / "home/key.pem"
    file.touch(mode=0o600)
    file.write_bytes(key.as_pem(private=True))
    credentials = [
        "unset OKTA_API_TOKEN",
        f"export OKTA_API_CLIENT_ID={deployer(own, dict(key.as_dict(private=False)))} OKTA_API_PRIVATE_KEY_ID=deployer",
        f'export OKTA_API_PRIVATE_KEY="$(cat {file})" OKTA_API_SCOPES={",".join(SCOPES)}',
    ]

    pulumi(own, *credentials, "pulumi up --yes --skip-preview")
    assert "mcp-okta-local" in objects(own)
    assert "changes" not in pulumi(own, *credentials, "pulumi preview").partition("Resources:")[2]
    pulumi(own, *credentials, "pulumi destroy --yes --skip-preview")
    assert "mcp-okta-local" not in objects(own)
