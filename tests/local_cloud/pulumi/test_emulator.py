"""The Okta stand-in against the local Okta, in process: what both understand by the same requests."""

from typing import Any

import httpx2
import pytest

from local_cloud.clock import Clock
from local_cloud.okta import OktaSettings, build_okta
from local_cloud.pulumi.providers.okta import PLUGIN
from local_cloud.pulumi.providers.okta.client import OktaClient
from local_cloud.pulumi.providers.okta.connection import prove
from tests.local_cloud.pulumi import recording
from tests.local_cloud.pulumi.in_process import InProcess
from tests.local_cloud.pulumi.recording import without_defaults_notes
from tests.local_cloud.pulumi.test_vectors import CHANGES
from tests.local_cloud.pulumi.wire import Aborted, Wire, plain
from tests.requirements import requirement

URL, TOKEN = "http://127.0.0.1:8480", "00test"
APP = "okta:app/oAuth:OAuth"
SERVER, SCOPE, GROUP = "okta:auth/server:Server", "okta:auth/serverScope:ServerScope", "okta:group/group:Group"
LISTS = ("/api/v1/authorizationServers", "/api/v1/apps", "/api/v1/groups")


@pytest.fixture
def client() -> OktaClient:
    """The plugin's client of a new local org."""
    app = build_okta(OktaSettings(URL, TOKEN), Clock())
    client = OktaClient(URL, TOKEN, httpx2.Client(transport=InProcess(app)))
    prove(client)
    return client


@pytest.fixture
def wire(client: OktaClient) -> Wire:
    """The plugin on that org."""
    return Wire(PLUGIN, lambda settings: client)


def deploy(wire: Wire) -> list[tuple[str, str, dict[str, Any], dict[str, Any], str]]:
    """Create the recorded program: (type, id, inputs, state, recorded id) of each resource."""
    group = wire.invoke("okta:group/getGroup:getGroup", {"name": "mcp-readers"})["id"]
    names, made = {"00g1": group}, []
    for resource in recording.resources():
        given = translated(without_defaults_notes(resource["inputs"]), names)
        inputs, faults = wire.check(resource["type"], given)
        assert faults == {}
        answer = wire.create(resource["type"], inputs)
        names.setdefault(resource["id"], answer.id)
        made.append((resource["type"], answer.id, inputs, plain(answer.properties), resource["id"]))
    return made


def translated(value: Any, names: dict[str, str]) -> Any:
    """The inputs with this org's ids."""
    if isinstance(value, dict):
        return {name: translated(item, names) for name, item in value.items()}
    if isinstance(value, list):
        return [translated(item, names) for item in value]
    return names.get(value, value) if isinstance(value, str) else value


def lists(client: OktaClient) -> list[Any]:
    """What the org holds."""
    return [client.get(path) for path in LISTS]


@requirement("pulumi:emulator")
def test_the_recorded_program_lives_its_whole_life_on_the_local_okta(client: OktaClient, wire: Wire) -> None:
    """Created, unchanged, refreshed, updated, destroyed; nothing is left (issue 3 §5)."""
    before = lists(client)

    made = deploy(wire)
    for token, identifier, inputs, state, recorded in made:
        assert list(wire.diff(token, state, inputs, inputs).diffs) == []
        found = wire.read(token, identifier, state, inputs)
        assert (plain(found.properties), plain(found.inputs)) == (state, inputs)
        if recorded in CHANGES:
            new = {**inputs, **CHANGES[recorded]}
            changed = plain(wire.update(token, identifier, state, new).properties)
            assert list(wire.diff(token, changed, new, new).diffs) == []
    for token, identifier, _, state, _ in reversed(made):
        wire.delete(token, identifier, state)

    assert lists(client) == before


@requirement("pulumi:refresh")
def test_drift_is_found_and_mended(client: OktaClient, wire: Wire) -> None:
    """A description that somebody else wrote (issue 3, must show)."""
    inputs = {"name": "g", "description": "ours"}
    made = wire.create(GROUP, inputs)
    client.send("PUT", f"/api/v1/groups/{made.id}", {"profile": {"name": "g", "description": "theirs"}})

    found = wire.read(GROUP, made.id, plain(made.properties), inputs)
    diff = wire.diff(GROUP, plain(found.properties), plain(found.inputs), inputs)
    mended = wire.update(GROUP, made.id, plain(found.properties), inputs)

    assert plain(found.inputs)["description"] == "theirs"
    assert list(diff.diffs) == ["description"]
    assert plain(mended.properties)["description"] == "ours"


@requirement("pulumi:refresh")
def test_what_somebody_else_deleted_is_read_as_gone(client: OktaClient, wire: Wire) -> None:
    """Every type of object, each with an empty id (Pulumi, ReadResponse)."""
    made = deploy(wire)
    for token, identifier, _, state, _ in reversed(made):
        wire.delete(token, identifier, state)

    found = [wire.read(token, identifier, state, inputs).id for token, identifier, inputs, state, _ in made]
    assert found == [""] * len(made)


@requirement("pulumi:import")
def test_an_import_reads_everything_from_the_id_alone(wire: Wire) -> None:
    """Nested ids as the provider documents them; the same inputs mean no change afterwards (Pulumi, import)."""
    for token, identifier, inputs, state, _ in deploy(wire):
        above = [inputs[name] for name in ("authServerId", "policyId", "appId") if name in inputs]
        found = wire.read(token, "/".join([*above, identifier]), {}, {})

        assert found.id == identifier
        assert plain(found.properties) == state
        assert list(wire.diff(token, plain(found.properties), plain(found.inputs), inputs).diffs) == []
        assert wire.check(token, plain(found.inputs))[1] == {}


@requirement("pulumi:import")
@pytest.mark.parametrize("identifier", ["scp1", "aus1/", "a/b/c"])
def test_an_import_id_of_another_form_is_refused(wire: Wire, identifier: str) -> None:
    """The form is in the message (ours)."""
    with pytest.raises(Aborted, match="has not the form authServerId/id"):
        wire.read(SCOPE, identifier, {}, {})


@requirement("pulumi:requests")
def test_a_group_that_merely_begins_with_the_name_is_taken_when_it_is_the_only_one(wire: Wire) -> None:
    """As the real plugin has it, so that the program's own check is needed here too (provider, data source group)."""
    names = ("team-a", "team-b", "other-group")
    for name in names:
        wire.create(GROUP, {"name": name})

    assert wire.invoke("okta:group/getGroup:getGroup", {"name": "other"})["name"] == "other-group"
    with pytest.raises(Aborted, match='group starting with name "team" matches 2 groups'):
        wire.invoke("okta:group/getGroup:getGroup", {"name": "team"})
    with pytest.raises(Aborted, match='group with name "nobody" does not exist'):
        wire.invoke("okta:group/getGroup:getGroup", {"name": "nobody"})
    with pytest.raises(Aborted, match="includeUsers is not emulated"):
        wire.invoke("okta:group/getGroup:getGroup", {"name": "team-a", "includeUsers": True})


@requirement("pulumi:unreachable")
def test_a_refused_token_says_what_to_check(client: OktaClient) -> None:
    """E0000011 with the setting's name and without the token (Okta, error codes)."""
    wrong = OktaClient(URL, "00wrong", client._http)

    with pytest.raises(Aborted, match=r"401 E0000011 .*check okta:apiToken") as failure:
        Wire(PLUGIN, lambda settings: prove(wrong))
    assert "00wrong" not in str(failure.value)


@requirement("pulumi:requests")
def test_a_change_of_status_alone_is_one_request(client: OktaClient, wire: Wire) -> None:
    """An app is deactivated and not written; its deletion then needs no other (Okta's Terraform provider)."""
    app = next(made for made in deploy(wire) if made[4] == "id3")
    token, identifier, inputs, state, _ = app

    changed = plain(wire.update(token, identifier, state, {**inputs, "status": "INACTIVE"}).properties)

    assert changed == {**state, "status": "INACTIVE"}
    wire.delete(token, identifier, changed)
    assert wire.read(token, identifier, changed, inputs).id == ""


@requirement("pulumi:requests")
def test_the_calls_find_a_server_and_everybody(client: OktaClient, wire: Wire) -> None:
    """By the exact name; what is not there is said (Okta's Terraform provider, data sources)."""
    made = plain(wire.create(SERVER, wire.check(SERVER, {"name": "mine", "audiences": ["https://a"]})[0]).properties)
    wire.create(SERVER, wire.check(SERVER, {"name": "mine too", "audiences": ["https://b"]})[0])

    assert wire.invoke("okta:auth/getServer:getServer", {"name": "mine"}) == made
    everyone = wire.invoke("okta:group/getEveryoneGroup:getEveryoneGroup", {})
    assert client.get(f"/api/v1/groups/{everyone['id']}")["type"] == "BUILT_IN"
    with pytest.raises(Aborted, match="authorization server with name 'nobody' does not exist"):
        wire.invoke("okta:auth/getServer:getServer", {"name": "nobody"})
    with pytest.raises(Aborted, match="getEveryoneGroup with includeUsers is not emulated"):
        wire.invoke("okta:group/getEveryoneGroup:getEveryoneGroup", {"includeUsers": True})


@requirement("pulumi:emulator")
@pytest.mark.parametrize(
    ("kind", "given", "expected"),
    [
        ("web", {}, {"tokenEndpointAuthMethod": "client_secret_basic", "grantTypes": ["authorization_code"]}),
        ("browser", {"tokenEndpointAuthMethod": "none", "pkceRequired": True}, {"clientSecret": ""}),
        (
            "web",
            {"clientUri": "https://a/about", "tosUri": "https://a/tos", "postLogoutRedirectUris": ["https://a/bye"]},
            {"clientUri": "https://a/about", "tosUri": "https://a/tos", "postLogoutRedirectUris": ["https://a/bye"]},
        ),
    ],
)
def test_apps_of_other_kinds(kind: str, given: dict[str, Any], expected: dict[str, Any], wire: Wire) -> None:
    """A web app has a secret, a browser app has none, pages about an app are kept (Okta, OIDC apps)."""
    grants = {"grantTypes": ["authorization_code"], "responseTypes": ["code"]} if kind == "browser" else {}
    app = {"label": "x", "type": kind, "redirectUris": ["https://a/callback"], **grants, **given}
    inputs, faults = wire.check(APP, app)
    made = wire.create(APP, inputs)
    state = plain(made.properties)

    assert faults == {}
    assert {name: state[name] for name in expected} == expected
    assert bool(state["clientSecret"]) == (kind == "web")
    assert list(wire.diff(APP, state, inputs, inputs).diffs) == []
    assert plain(wire.read(APP, made.id, state, inputs).properties) == state
