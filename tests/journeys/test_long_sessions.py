"""What happens to people who stay signed in: stolen tokens, new keys, an Okta that is away. Source: issue 5."""

import base64
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import anyio
import httpx2
import pytest

from tests.bench.deployment import sign_in
from tests.journeys.adversary import Deployment
from tests.journeys.checkout import Checkout
from tests.journeys.people import Person, management
from tests.journeys.test_sign_in import HOUR, find_all, move_okta_clock, token_files
from tests.requirements import requirement

READER, EDITOR = "reader@example.com", "editor@example.com"
PAST_LEEWAY_SECONDS = 120


@contextmanager
def at_okta(checkout: Checkout, offset_seconds: int) -> Iterator[None]:
    """Live with an Okta whose clock is that much ahead, for a while."""
    move_okta_clock(checkout, offset_seconds)
    try:
        yield
    finally:
        move_okta_clock(checkout, 0)


@requirement("journeys:refresh-reuse")
def test_a_refresh_token_that_is_used_twice_ends_the_sign_in_of_both(signed_out: Checkout, tmp_path: Path) -> None:
    """The thief's copy and the owner's newer tokens: Okta cannot tell them apart and ends both (RFC 9700 §4.14.2)."""
    with at_okta(signed_out, -2 * HOUR):
        signed_out.ok("login", as_person=EDITOR)
    (file,) = token_files(signed_out)
    copy = Path(shutil.copy(file, tmp_path / "copy.json"))
    signed_out.ok("call", "whoami")  # refreshes, which spends the copy's token
    newest = find_all(json.loads(file.read_text()), "refresh_token")
    shutil.copy(copy, file)
    with at_okta(signed_out, PAST_LEEWAY_SECONDS):
        reused = signed_out.run("call", "whoami")
    outputs = signed_out.outputs()

    assert reused.code == 3, reused.err
    assert "mcp-okta login" in reused.err
    form = {"token": newest[0], "client_id": outputs["client_id"]}
    assert httpx2.post(f"{outputs['issuer']}/v1/introspect", data=form).json() == {"active": False}
    again = signed_out.ok("call", "whoami", "--json", as_person=EDITOR).json
    assert again["subject"] == EDITOR


def test_a_refresh_token_that_is_used_twice_at_once_is_forgiven(signed_out: Checkout, tmp_path: Path) -> None:
    """A lost answer or a second process is no thief: Okta's leeway (Okta, refresh token rotation, grace period)."""
    with at_okta(signed_out, -2 * HOUR):
        signed_out.ok("login", as_person=EDITOR)
    (file,) = token_files(signed_out)
    copy = Path(shutil.copy(file, tmp_path / "copy.json"))
    signed_out.ok("call", "whoami")
    shutil.copy(copy, file)

    assert signed_out.ok("call", "whoami", "--json").json["subject"] == EDITOR


def ask(outputs: dict[str, Any], token: str) -> httpx2.Response:
    """Call `tools/list` with that token."""
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
    headers = {"Accept": "application/json, text/event-stream", "Authorization": f"Bearer {token}"}
    return httpx2.post(outputs["url"], json=body, headers=headers, timeout=30)


def token_for(outputs: dict[str, Any]) -> str:
    """A reader's access token, of just now."""
    return str(anyio.run(sign_in, outputs, READER, "openid mcp:read")["access_token"])


@requirement("journeys:key-rotation")
def test_a_key_rotation_is_unnoticed_with_old_and_new_tokens(deployed: Checkout) -> None:
    """The next key is published before it signs, the last one after (Okta, key rotation): nobody gets a 401."""
    outputs = deployed.outputs()
    stack = Deployment(deployed, outputs, deployed.status()["aws_endpoint_url"])
    old = token_for(outputs)
    assert ask(outputs, old).status_code == 200
    lines = len(stack.lines())
    with management(deployed) as org:
        path = f"/api/v1/authorizationServers/{outputs['authorization_server_id']}/credentials/lifecycle/keyRotate"
        org.post(path, json={"use": "sig"}).raise_for_status()
    new = token_for(outputs)

    assert kid_of(old) != kid_of(new)
    assert [ask(outputs, token).status_code for token in (old, new, old, new)] == [200] * 4
    assert [line for line in stack.lines()[lines:] if line["level"] != "INFO"] == []


def kid_of(token: str) -> str:
    """The key that a token says it was signed with."""
    header = token.split(".")[0]
    return str(json.loads(base64.urlsafe_b64decode(header + "=" * (-len(header) % 4)))["kid"])


@requirement("journeys:step-up-forms")
@pytest.mark.parametrize("renames", [True, False])
def test_the_client_steps_up_whether_the_challenge_is_renamed_or_not(
    deployed: Checkout, tmp_path: Path, renames: bool
) -> None:
    """401 and 403 both arrive, so a sign-in and a step-up both happen (docs/facts/mcp-on-lambda.md; RFC 6750 §3)."""
    outputs = deployed.outputs()
    stack = Deployment(deployed, outputs, deployed.status()["aws_endpoint_url"])
    editor = Person.seeded(outputs, EDITOR, tmp_path)
    stack.rename(renames)
    try:
        before = editor.call("whoami")
        editor.call("add_note", text="hello")
        after = editor.call("whoami")
    finally:
        stack.rename(True)

    assert "mcp:write" not in before["scopes"]
    assert {"mcp:read", "mcp:write"} <= set(after["scopes"])
