"""client/outputs.py: what a deployment tells a client, checked."""

import json
from pathlib import Path
from typing import Any

import pytest

from client.errors import WrongOutputs
from client.outputs import Outputs, environment_values, read_file
from tests.requirements import requirement

GOOD: dict[str, Any] = {
    "url": "https://abc123.execute-api.us-east-1.amazonaws.com/mcp",
    "issuer": "https://acme.okta.com/oauth2/aus1",
    "client_id": "0oa1client",
    "scopes": ["mcp:read", "mcp:write"],
    "base_scopes": ["mcp:read"],
    "redirect_uris": ["http://127.0.0.1:8765/callback", "http://localhost:8765/callback"],
    "environment": "prod",
    "region": "us-east-1",
    "function_name": "mcp-okta-prod",
    "api_id": "abc123",
    "authorization_server_id": "aus1",
    "access": {"mcp-readers": ["mcp:read"], "mcp-editors": ["mcp:read", "mcp:write"]},
}


def test_the_outputs_of_a_stack_load() -> None:
    """docs/architecture.md, contract 1; what a client does not need is ignored."""
    outputs = Outputs.from_mapping(GOOD)

    assert outputs.loopback_uris == tuple(GOOD["redirect_uris"])
    assert outputs.grantors(("mcp:write",)) == ("mcp-editors",)
    assert outputs.grantors(("mcp:read",)) == ("mcp-readers", "mcp-editors")
    assert outputs.account.startswith("prod-")


@requirement("client:outputs-in-one-message")
def test_all_problems_come_in_one_message() -> None:
    """Issue 3 §4: a person mends them together."""
    broken = GOOD | {"url": "http://example.com/mcp", "redirect_uris": ["https://a/b"], "access": ["x"]}
    del broken["issuer"]

    with pytest.raises(WrongOutputs) as error:
        Outputs.from_mapping(broken, source="stack prod")

    assert error.value.message.startswith("stack prod cannot be used: url must be https")
    assert "issuer is missing; redirect_uris has no http://127.0.0.1:PORT" in error.value.message
    assert "access must be an object" in error.value.message
    assert error.value.exit_code == 2


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("url", "https://ABC.example/mcp", "lower-case host"),
        ("url", "https://abc.example/mcp/", "no trailing slash"),
        ("url", "https://me:secret@abc.example/mcp", "no user"),
        ("url", "https://abc.example/mcp?x=1", "no query"),
        ("url", "https://abc.example:port/mcp", "must be a URL"),
        ("url", 7, "must be a URL"),
        ("issuer", "http://acme.okta.com/oauth2/aus1", "must be https"),
        ("client_id", "", "must be a text"),
        ("client_id", None, "must be a text"),
        ("base_scopes", [], "must be a list"),
        ("base_scopes", "mcp:read", "must be a list"),
        ("base_scopes", ["mcp:read mcp:write"], "one scope per item"),
        ("redirect_uris", ["http://127.0.0.1/callback"], "has no http://127.0.0.1:PORT"),
        ("access", {"g": "mcp:read"}, "must be an object"),
        ("environment", ["prod"], "must be a text"),
    ],
)
def test_a_value_that_cannot_be_used_is_named(name: str, value: object, words: str) -> None:
    """Unknown means refused (common rules); a password in a URL is not repeated."""
    with pytest.raises(WrongOutputs, match=words) as error:
        Outputs.from_mapping(GOOD | {name: value})

    assert f" {name} " in error.value.message
    assert "secret" not in error.value.message


def test_outputs_come_from_a_file(tmp_path: Path) -> None:
    """`pulumi stack output --json > file`."""
    path = tmp_path / "outputs.json"
    path.write_text(json.dumps(GOOD))

    assert Outputs.from_mapping(read_file(path), str(path)) == Outputs.from_mapping(GOOD)


@pytest.mark.parametrize(
    ("text", "words"), [("{", "is not JSON"), ("[]", "not a JSON object"), (None, "cannot be read")]
)
def test_a_file_that_is_none_is_named(tmp_path: Path, text: str | None, words: str) -> None:
    """One message with the path (ours)."""
    path = tmp_path / "outputs.json"
    if text is not None:
        path.write_text(text)

    with pytest.raises(WrongOutputs, match=words) as error:
        read_file(path)

    assert str(path) in error.value.message


@requirement("client:settings-without-pulumi")
def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    """Issue 3 §4: the names that the server uses too; a server that somebody else deployed."""
    dotenv = tmp_path / ".env"
    dotenv.write_text(
        "MCP_URL=https://file.example/mcp\nOKTA_ISSUER=https://acme.okta.com/oauth2/aus1\nOKTA_CLIENT_ID=0oa1\n"
        'REDIRECT_URIS="http://127.0.0.1:8765/callback, http://localhost:8765/callback"\n'
        'BASE_SCOPES="mcp:read mcp:list"\n'
    )

    outputs = Outputs.from_mapping(environment_values({"MCP_URL": "https://set.example/mcp"}, dotenv))

    assert outputs.url == "https://set.example/mcp"
    assert outputs.redirect_uris == ("http://127.0.0.1:8765/callback", "http://localhost:8765/callback")
    assert outputs.base_scopes == ("mcp:read", "mcp:list")


def test_two_clients_of_one_server_have_two_accounts() -> None:
    """Tokens of one client id or issuer are never shown to another (SEP-2352)."""
    accounts = {
        Outputs.from_mapping(GOOD | change).account for change in ({}, {"client_id": "0oa2"}, {"environment": "../x"})
    }

    assert len(accounts) == 3
    assert not any("/" in account for account in accounts)
