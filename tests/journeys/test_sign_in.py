"""A person signs in, calls tools, comes back later, and signs out, through the commands."""

import json
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.journeys.checkout import Checkout
from tests.requirements import requirement

HOUR = 3600


def move_okta_clock(checkout: Checkout, offset_seconds: int) -> None:
    """Move the local Okta's clock, so that what it issues next is that much older or younger."""
    status = checkout.status()
    answer = httpx2.post(
        f"{status['okta_url']}/_local/clock",
        json={"offset_seconds": offset_seconds},
        headers={"Authorization": f"SSWS {status['okta_api_token']}"},
    )
    assert answer.status_code == 200, answer.text


@pytest.fixture
def expired(signed_out: Checkout) -> Checkout:
    """Editor signed in two hours ago: the access token has expired, the refresh token has not."""
    move_okta_clock(signed_out, -2 * HOUR)
    try:
        signed_out.ok("login", as_person="editor@example.com")
    finally:
        move_okta_clock(signed_out, 0)
    return signed_out


def token_files(checkout: Checkout) -> list[Path]:
    """The files that hold the person's tokens."""
    folder = checkout.root / ".local/tokens"
    return [path for path in folder.rglob("*") if path.is_file() and path.stat().st_size and path.suffix == ".json"]


@requirement("journeys:structured-result")
@requirement("journeys:no-second-sign-in")
def test_a_second_call_in_a_new_process_needs_no_sign_in(signed_out: Checkout) -> None:
    """The first call signs in; the second has no browser and succeeds (issue 3)."""
    first = signed_out.ok("call", "whoami", "--json", as_person="reader@example.com").json
    second = signed_out.ok("call", "whoami", "--json").json

    assert first["scopes"] == second["scopes"]
    assert "mcp:read" in first["scopes"]
    assert first["subject"] == second["subject"]


def test_without_a_browser_a_first_call_says_that_a_sign_in_is_needed(signed_out: Checkout) -> None:
    """Exit code 3 and the command to type (docs/architecture.md, contract 4)."""
    done = signed_out.run("call", "whoami", "--json")

    assert (done.code, done.out) == (3, "")
    assert "mcp-okta login" in done.err


@requirement("journeys:refresh")
def test_an_expired_access_token_is_refreshed_without_a_sign_in(expired: Checkout) -> None:
    """No browser is at hand and the call succeeds (issue 3)."""
    assert expired.ok("call", "whoami", "--json").json["subject"] == "editor@example.com"


@requirement("journeys:refresh")
def test_two_calls_at_the_same_moment_with_an_expired_token_both_succeed(expired: Checkout) -> None:
    """The refresh token rotates, so one process refreshes and the other uses what it got (issue 3)."""
    both = [expired.start("call", "whoami", "--json") for _ in range(2)]
    answers = [process.communicate(timeout=60) for process in both]

    assert [process.returncode for process in both] == [0, 0], answers
    assert {json.loads(out)["subject"] for out, _ in answers} == {"editor@example.com"}


@requirement("journeys:logout")
def test_logout_revokes_and_removes_the_tokens(signed_out: Checkout) -> None:
    """After logout nothing is stored, and Okta calls the refresh token inactive (RFC 7009, RFC 7662)."""
    signed_out.ok("login", as_person="reader@example.com")
    stored = [path.read_text() for path in token_files(signed_out)]
    assert len(stored) == 1
    signed_out.ok("logout")

    assert token_files(signed_out) == []
    outputs = signed_out.outputs()
    for token in find_all(json.loads(stored[0]), "refresh_token") + find_all(json.loads(stored[0]), "access_token"):
        form = {"token": token, "client_id": outputs["client_id"]}
        assert httpx2.post(f"{outputs['issuer']}/v1/introspect", data=form).json() == {"active": False}


def find_all(document: Any, key: str) -> list[str]:
    """Every text stored under that key, at any depth."""
    if isinstance(document, dict):
        here = [document[key]] if isinstance(document.get(key), str) else []
        return here + [found for value in document.values() for found in find_all(value, key)]
    return [found for value in document for found in find_all(value, key)] if isinstance(document, list) else []


@requirement("journeys:step-up")
def test_a_tool_that_needs_more_scope_steps_up_once(signed_out: Checkout) -> None:
    """Editor signs in with mcp:read; the write tool asks for both and gets both (MCP authorization)."""
    before = signed_out.ok("call", "whoami", "--json", as_person="editor@example.com").json
    signed_out.ok("call", WRITE_TOOL, *WRITE_ARGUMENTS, "--json", as_person="editor@example.com")
    after = signed_out.ok("call", "whoami", "--json").json

    assert "mcp:write" not in before["scopes"]
    assert {"mcp:read", "mcp:write"} <= set(after["scopes"])


@requirement("journeys:denied")
def test_a_reader_is_refused_the_write_with_the_reason_and_keeps_the_read(signed_out: Checkout) -> None:
    """Okta's policy denies the step-up: exit code 4, the scope and who may grant it are named (issue 3)."""
    signed_out.ok("login", as_person="reader@example.com")
    refused = signed_out.run("call", WRITE_TOOL, *WRITE_ARGUMENTS, as_person="reader@example.com")

    assert refused.code == 4, refused.err
    assert "mcp:write" in refused.err and "mcp-editors" in refused.err
    assert "Traceback" not in refused.err
    signed_out.ok("call", "whoami", "--json")


@requirement("journeys:denied")
def test_an_outsider_is_refused_by_okta_with_its_words(signed_out: Checkout) -> None:
    """A person who is not assigned to the app gets no token (issue 3; Okta error access_denied)."""
    refused = signed_out.run("call", "whoami", as_person="outsider@example.com")

    assert refused.code == 4, refused.err
    assert "not assigned" in refused.err


WRITE_TOOL = "add_note"
WRITE_ARGUMENTS = ("text=hello",)
