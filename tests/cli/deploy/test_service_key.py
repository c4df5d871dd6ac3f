"""`service-key` adds a key to a stack's services. See also tests/cli/person/test_callers.py."""

import json
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from cli import person
from cli.services import UnreadableServices
from tests.requirements import requirement

WEEKLY = {"scopes": ["mcp:read"], "keys": [{"kty": "RSA", "kid": "old", "e": "AQAB", "n": "x"}]}


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with a stack whose service is there already."""
    (tmp_path / "Pulumi.yaml").write_text("name: mcp-okta\n")
    (tmp_path / "Pulumi.dev.yaml").write_text(f"config:\n  mcp-okta:services: '{json.dumps({'weekly': WEEKLY})}'\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*words: str) -> Result:
    """Run the command."""
    app = typer.Typer()
    person.register(app)
    return CliRunner().invoke(app, ["service-key", *words])


def services(*words: str) -> Any:
    """The services to set."""
    return json.loads(run(*words, "--json").stdout)["services"]


@requirement("environments:services-kept")
def test_the_other_services_stay(root: Path) -> None:
    """The setting is one object, and setting it replaces all of it (Pulumi, config set)."""
    said = run("nightly", "--stack", "dev").stdout

    assert said.startswith('pulumi config set --stack dev services \'{"weekly": ')
    assert set(json.loads(said.split("'")[1])) == {"weekly", "nightly"}


@requirement("environments:services-kept")
def test_a_second_key_of_a_service_is_beside_its_first(root: Path) -> None:
    """So that both work while the program changes over; scopes stay unless others are named (Okta, key rotation)."""
    weekly = services("weekly", "--stack", "dev")["weekly"]
    wider = services("weekly", "--stack", "dev", "--scope", "mcp:write", "--out", "other.pem")["weekly"]

    assert weekly["scopes"] == ["mcp:read"] and wider["scopes"] == ["mcp:write"]
    assert weekly["keys"][0] == WEEKLY["keys"][0] and len(weekly["keys"]) == 2


@requirement("environments:services-kept")
@pytest.mark.parametrize("value", ["'[]'", "'{'", "'{\"a\": 1}'", "{secure: v1:abc}"])
def test_services_that_cannot_be_read_are_not_overwritten(root: Path, value: str) -> None:
    """And no key is made for nothing (ours)."""
    (root / "Pulumi.dev.yaml").write_text(f"config:\n  mcp-okta:services: {value}\n")
    done = run("nightly", "--stack", "dev")

    assert isinstance(done.exception, UnreadableServices)
    assert not (root / "nightly.pem").exists()


def test_without_a_repository_the_new_service_is_all_there_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A key may be made where the program runs (ours)."""
    monkeypatch.chdir(tmp_path)

    assert set(services("nightly")) == {"nightly"}
