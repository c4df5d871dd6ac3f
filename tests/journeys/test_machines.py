"""Callers without a browser of their own: services, people at another device, and CI. Source: issue 5 §7."""

import json
import threading
from collections.abc import Iterable, Iterator
from typing import Any

import anyio
import httpx2
import pytest

from client.keys import read_key
from client.service import sign
from tests.bench.deployment import sign_in
from tests.journeys.adversary import Deployment
from tests.journeys.checkout import Checkout
from tests.journeys.conftest import configure
from tests.journeys.people import enter_code
from tests.journeys.test_sign_in import HOUR, move_okta_clock, token_files
from tests.requirements import requirement

PATIENCE_SECONDS = 60
SERVICE = "client_credentials"
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@pytest.fixture
def machines(open_to_machines: Deployment) -> Iterator[Deployment]:
    """The stack that is open to machines, with nobody signed in."""
    open_to_machines.checkout.run("logout")
    yield open_to_machines


def ask_token(machines: Deployment, name: str, scope: str) -> httpx2.Response:
    """Ask Okta for a token of the service, by hand. Source: RFC 6749 §4.4.2, RFC 7523 §2.2."""
    client_id, url = machines.outputs["services"][name]["client_id"], f"{machines.outputs['issuer']}/v1/token"
    assertion = sign(client_id, url, read_key(str(machines.checkout.root / f"{name}.pem")))
    form = {"grant_type": SERVICE, "scope": scope, "client_assertion_type": ASSERTION, "client_assertion": assertion}
    return httpx2.post(url, data=form, timeout=20)


@requirement("journeys:service")
def test_a_service_calls_as_itself_and_never_beyond_its_scopes(machines: Deployment) -> None:
    """RFC 6749 §4.4: no person, so no notes; a scope that the configuration does not give is refused on both sides."""
    as_service = ("--service", "nightly", "--key", "nightly.pem")
    me = machines.checkout.ok("call", "whoami", "--json", *as_service).json
    write = machines.checkout.run("call", "add_note", "text=hello", *as_service)
    notes = machines.checkout.run("call", "list_notes", *as_service)
    beyond = ask_token(machines, "nightly", "mcp:write")

    assert me["subject"] == me["client_id"] == machines.outputs["services"]["nightly"]["client_id"]
    assert (me["user_id"], me["scopes"]) == (None, ["mcp:read"])
    assert (write.code, notes.code) == (4, 1), write.err + notes.err
    assert "the service nightly does not have mcp:write" in write.err
    assert "notes belong to people" in notes.err
    assert beyond.status_code == 400, beyond.text
    assert token_files(machines.checkout) == []


@requirement("journeys:service-removed")
def test_the_token_of_a_removed_service_is_refused_after_up(machines: Deployment) -> None:
    """Its token is good for an hour more, but its client is no longer one of ours (issue 5 §7)."""
    asked = ask_token(machines, "weekly", "mcp:read")
    token = asked.json()["access_token"]
    machines.checkout.ok("call", "whoami", TOKEN=token)
    public = json.loads(machines.checkout.shell(["cat", "Pulumi.local.yaml"]).out.split("services: '")[1].split("'")[0])
    configure(machines.checkout, [{"nightly": public["nightly"]}])
    machines.checkout.ok("up", "--yes", timeout=300)
    refused = machines.checkout.run("call", "whoami", TOKEN=token)
    unknown = machines.checkout.run("call", "whoami", "--service", "weekly", "--key", "weekly.pem")

    assert refused.code == 3, refused.err
    assert (
        "does not take the token in TOKEN: expired, revoked, or of an app that this server does not take" in refused.err
    )
    assert token not in refused.err + refused.out
    assert unknown.code != 0
    assert "no service 'weekly' (it has: nightly)" in unknown.err
    machines.checkout.ok("call", "whoami", "--service", "nightly", "--key", "nightly.pem")


def address_of_code(lines: Iterable[str]) -> str:
    """The address with the code filled in, as the command says it."""
    return next(line.removeprefix("or open ").strip() for line in lines if line.startswith("or open "))


@requirement("journeys:device")
def test_a_person_signs_in_on_another_device(machines: Deployment) -> None:
    """The code is entered at the local Okta's page; after that no browser is needed (RFC 8628)."""
    login = machines.checkout.start("login", "--device")
    bound = threading.Timer(PATIENCE_SECONDS, login.kill)
    bound.start()
    try:
        with login:
            assert login.stderr is not None
            assert "activated" in enter_code(address_of_code(login.stderr), "reader@example.com")
            assert login.wait() == 0, login.stderr.read()
    finally:
        bound.cancel()
        login.kill()
    me = machines.checkout.ok("call", "whoami", "--json").json

    assert (me["subject"], me["scopes"]) == ("reader@example.com", ["mcp:read", "offline_access"])


@requirement("journeys:device")
def test_device_sign_in_is_refused_where_the_stack_does_not_have_it(signed_out: Checkout) -> None:
    """Exit code 4 and the setting to change; Okta refuses it too, whatever a client asks (RFC 8628 §3.2)."""
    refused = signed_out.run("login", "--device")
    outputs = signed_out.outputs()
    form = {"client_id": outputs["client_id"], "scope": "mcp:read"}
    asked = httpx2.post(f"{outputs['issuer']}/v1/device/authorize", data=form, timeout=20)

    assert refused.code == 4, refused.err
    assert "deviceLogin" in refused.err
    assert (asked.status_code, asked.json()["error"]) == (400, "unauthorized_client")


def token_of(outputs: dict[str, Any], scope: str) -> str:
    """An access token of a reader's, got elsewhere."""
    return str(anyio.run(sign_in, outputs, "reader@example.com", scope)["access_token"])


@requirement("journeys:given-token")
def test_a_token_from_the_environment_is_used_as_it_is(signed_out: Checkout) -> None:
    """CI's way: nothing is stored or renewed; what the token lacks is not asked for (issue 5 §7)."""
    token = token_of(signed_out.outputs(), "openid mcp:read")
    me = signed_out.ok("call", "whoami", "--json", TOKEN=token).json
    write = signed_out.run("call", "add_note", "text=hello", TOKEN=token, as_person="reader@example.com")

    assert me["subject"] == "reader@example.com"
    assert write.code == 4, write.err
    assert "mcp:write" in write.err and token not in write.err
    assert token_files(signed_out) == []


@requirement("journeys:given-token")
def test_an_expired_token_from_the_environment_is_refused_without_a_browser(signed_out: Checkout) -> None:
    """Exit code 3, even where a browser is at hand: whoever sets TOKEN wants no question (issue 5 §7)."""
    outputs = signed_out.outputs()
    move_okta_clock(signed_out, -2 * HOUR)
    try:
        token = token_of(outputs, "openid mcp:read")
    finally:
        move_okta_clock(signed_out, 0)
    refused = signed_out.run("call", "whoami", TOKEN=token, as_person="reader@example.com")

    assert refused.code == 3, refused.err
    assert "expired" in refused.err and token not in refused.err
    assert token_files(signed_out) == []
