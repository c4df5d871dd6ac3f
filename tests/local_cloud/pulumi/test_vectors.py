"""The stand-in against the recording of the real Okta plugin. Source: tests/vectors/okta-plugin."""

from typing import Any

import pytest

from local_cloud.pulumi.providers.okta import PLUGIN
from tests.local_cloud.pulumi import recording
from tests.local_cloud.pulumi.recording import ordered, without_defaults_notes, without_secrets
from tests.local_cloud.pulumi.stub_okta import StubOkta
from tests.local_cloud.pulumi.wire import Wire, plain, secret_names
from tests.requirements import requirement

RESOURCES = {resource["id"]: resource for resource in recording.resources()}
WELL_KNOWN = ("GET", "/.well-known/okta-organization", None)
ACCESS_POLICIES = ("GET", "/api/v1/policies?type=ACCESS_POLICY", None)
# What the recorded program left to the plugin, as the real one's own defaults.
FILLED = {
    "okta:auth/server:Server": {"credentialsRotationMode", "issuerMode", "status"},
    "okta:auth/serverScope:ServerScope": {"consent", "metadataPublish"},
    "okta:auth/serverClaim:ServerClaim": {"alwaysIncludeInToken", "status", "valueType"},
    "okta:auth/serverPolicy:ServerPolicy": {"status"},
    "okta:auth/serverPolicyRule:ServerPolicyRule": {
        "accessTokenLifetimeMinutes",
        "refreshTokenWindowMinutes",
        "status",
        "type",
    },
    "okta:app/oAuth:OAuth": {
        "autoKeyRotation",
        "consentMethod",
        "hideIos",
        "hideWeb",
        "issuerMode",
        "loginMode",
        "status",
        "userNameTemplate",
        "userNameTemplateType",
        "wildcardRedirect",
    },
}
CHANGES: dict[str, dict[str, Any]] = {
    "id1": {"name": "x2"},
    "id2": {"description": "d2"},
    "id3": {"redirectUris": ["http://127.0.0.1:8765/callback", "http://localhost:8765/callback"]},
    "id6": {"displayName": "mcp:read changed"},
    "id7": {"displayName": "mcp:write changed"},
    "id8": {"value": "user.division"},
    "id10": {"description": "d2"},
    "id11": {"accessTokenLifetimeMinutes": 30},
}


def asked(org: StubOkta) -> list[recording.Exchange]:
    """What the org was asked, sets in one order, without the question which kind of org it is."""
    return [(m, p, ordered(b)) for m, p, b in org.take() if (m, p, b) != WELL_KNOWN]


def recorded(phase: str, resource: dict[str, Any]) -> list[recording.Exchange]:
    """What the real plugin asked; the org's policies are asked for by the app that is not a service's."""
    found = recording.of_resource(phase, resource)
    if phase == "create" and resource["id"] == "id3":
        found.insert([path for _, path, _ in found].index("/api/v1/apps/id3/policies/pol1"), ACCESS_POLICIES)
    return found


def created(org: StubOkta, wire: Wire, identifier: str) -> tuple[dict[str, Any], dict[str, Any], Any]:
    """Create one recorded resource: (inputs, state, answer)."""
    resource = RESOURCES[identifier]
    inputs = without_defaults_notes(resource["inputs"])
    org.ids.insert(0, identifier)
    org.take()
    answer = wire.create(resource["type"], inputs)
    return inputs, plain(answer.properties), answer


@requirement("pulumi:defaults")
@pytest.mark.parametrize("identifier", RESOURCES)
def test_the_check_fills_in_what_the_real_plugin_does(identifier: str) -> None:
    """The recorded inputs follow from what the program gave (state.json, `inputs`)."""
    resource = RESOURCES[identifier]
    expected = without_defaults_notes(resource["inputs"])
    given = {n: v for n, v in expected.items() if n not in FILLED.get(resource["type"], set())}

    assert Wire(PLUGIN).check(resource["type"], given) == (expected, {})


@requirement("pulumi:requests")
@requirement("pulumi:outputs")
@pytest.mark.parametrize("identifier", RESOURCES)
def test_a_creation_sends_the_recorded_requests_and_leaves_the_recorded_state(identifier: str) -> None:
    """Same requests, same bodies, same order; the state is what the read answered (traffic, `create`; state.json)."""
    org = StubOkta()
    _, _, answer = created(org, org.wire(), identifier)
    resource = RESOURCES[identifier]

    assert asked(org) == recorded("create", resource)
    assert answer.id == resource["id"]
    expected = without_secrets(resource["outputs"])
    state = {name: value for name, value in plain(answer.properties).items() if name in expected}
    assert state == expected
    hidden = {name for name, value in resource["outputs"].items() if isinstance(value, dict)}
    assert secret_names(answer.properties) == hidden
    assert set(answer.properties) == set(resource["outputs"])


@requirement("pulumi:requests")
@pytest.mark.parametrize("identifier", CHANGES)
def test_an_update_sends_the_recorded_requests(identifier: str) -> None:
    """The eight recorded changes, each an update in place (traffic, `update`)."""
    org = StubOkta()
    wire = org.wire()
    inputs, state, _ = created(org, wire, identifier)
    org.take()
    resource, new = RESOURCES[identifier], {**inputs, **CHANGES[identifier]}

    diff = wire.diff(resource["type"], state, inputs, new)
    wire.update(resource["type"], identifier, state, new)

    assert list(diff.diffs) == list(CHANGES[identifier])
    assert list(diff.replaces) == []
    assert asked(org) == recorded("update", resource)


@requirement("pulumi:requests")
@pytest.mark.parametrize("identifier", RESOURCES)
def test_a_refresh_sends_the_recorded_requests_and_finds_no_change(identifier: str) -> None:
    """One GET each, two for an app (traffic, `refresh`); after it there is nothing to update (`nochange`)."""
    org = StubOkta()
    wire = org.wire()
    inputs, state, _ = created(org, wire, identifier)
    org.take()
    resource = RESOURCES[identifier]

    answer = wire.read(resource["type"], identifier, state, inputs)

    assert asked(org) == recorded("refresh", resource)
    assert plain(answer.properties) == state
    assert plain(answer.inputs) == inputs
    assert list(wire.diff(resource["type"], plain(answer.properties), plain(answer.inputs), inputs).diffs) == []


@requirement("pulumi:requests")
@pytest.mark.parametrize("identifier", RESOURCES)
def test_a_deletion_sends_the_recorded_requests(identifier: str) -> None:
    """Servers and apps are deactivated first (traffic, `destroy`)."""
    org = StubOkta()
    wire = org.wire()
    _, state, _ = created(org, wire, identifier)
    org.take()

    wire.delete(RESOURCES[identifier]["type"], identifier, state)

    assert asked(org) == recorded("destroy", RESOURCES[identifier])


@requirement("pulumi:configure")
def test_the_plugin_asks_twice_who_it_is_when_it_is_configured() -> None:
    """Also in a preview (traffic, `preview`), with the look-up of a group after it."""
    org = StubOkta()
    org.objects["/api/v1/groups?q=mcp-readers"] = [{"id": "00g1", "profile": {"name": "mcp-readers"}}]

    found = org.wire().invoke("okta:group/getGroup:getGroup", {"name": "mcp-readers"})

    assert found["id"] == "00g1"
    assert org.take() == recording.exchanges("preview")


@requirement("pulumi:requests")
def test_the_kind_of_org_is_asked_once_and_only_by_apps() -> None:
    """One `okta-organization` in the recorded creation of two apps, between the app and its policy (traffic)."""
    org = StubOkta()
    wire = org.wire()
    created(org, wire, "id3")
    paths = [path for _, path, _ in org.take()]
    created(org, wire, "id5")
    more = [path for _, path, _ in org.take()]

    assert paths.index("/.well-known/okta-organization") == paths.index(ACCESS_POLICIES[1]) - 1
    assert "/.well-known/okta-organization" not in more
    assert not [path for path in more if "polic" in path]


# Of types that were not in the recorded program. Source: pulumi-okta 7.0.1, the plugin's schema.
_APP_ID = {"type": "string", "required": True, "replace": True}
_URI = {"appId": _APP_ID, "uri": {"type": "string", "required": True}}
DOCUMENTED: dict[str, dict[str, dict[str, Any]]] = {
    "okta:app/oAuthRedirectUri:OAuthRedirectUri": _URI,
    "okta:app/oAuthPostLogoutRedirectUri:OAuthPostLogoutRedirectUri": _URI,
    "okta:index/appOauthApiScope:AppOauthApiScope": {
        "appId": _APP_ID,
        "issuer": {"type": "string", "required": True},
        "scopes": {"type": "array", "required": True},
    },
}


@requirement("pulumi:tables")
@pytest.mark.parametrize("token", PLUGIN.resources)
def test_types_and_flags_are_those_of_the_real_plugin(token: str) -> None:
    """Type, required, output, secret and replace of every property (okta-plugin-properties.json)."""
    real, ours = {**DOCUMENTED, **recording.properties()}[token], PLUGIN.resources[token].schema

    assert set(ours) <= set(real)
    for name, spec in ours.items():
        flags = {"required": spec.required, "output_only": spec.output, "secret": spec.secret, "replace": spec.replace}
        expected = {flag: real[name].get(flag, False) for flag in flags}
        assert (name, spec.kind, flags) == (name, real[name]["type"], expected)
