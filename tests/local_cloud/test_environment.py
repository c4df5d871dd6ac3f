"""Unit tests for the environment variables of the local cloud."""

import json
import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from infra.clouds import guard
from local_cloud.environment import LEADS_ELSEWHERE, daemon_environment, local_environment
from local_cloud.folder import LocalFolder
from local_cloud.state import State
from tests.requirements import requirement


@pytest.fixture
def folder(tmp_path: Path) -> LocalFolder:
    """A prepared folder whose path needs quoting."""
    folder = LocalFolder.of(tmp_path / "a b%c")
    folder.prepare()
    return folder


@pytest.fixture
def state(folder: LocalFolder) -> State:
    """A state with addresses on this machine."""
    where = ("http://127.0.0.1:1", "t0ken", "http://127.0.0.1:2", "http://127.0.0.1:3")
    return State(7, 7, "2026-01-01T00:00:00+00:00", "b00t", str(folder.root), *where)


@requirement("local:environment")
def test_everything_points_to_this_machine(folder: LocalFolder, state: State) -> None:
    """The names of the contract, with the state's addresses (design, contract 5)."""
    variables = local_environment(folder, state, {})

    assert variables["OKTA_HTTP_PROXY"] == "http://127.0.0.1:1"
    assert variables["OKTA_API_TOKEN"] == "t0ken"
    assert variables["AWS_ENDPOINT_URL"] == "http://127.0.0.1:2"
    assert variables["AWS_ACCESS_KEY_ID"] == folder.secret("aws-access-key-id")
    assert variables["AWS_SECRET_ACCESS_KEY"] == folder.secret("aws-secret-access-key")
    assert variables["AWS_REGION"] == variables["AWS_DEFAULT_REGION"] == "us-east-1"
    assert variables["PULUMI_STACK"] == "local"
    assert variables["PULUMI_HOME"] == str(folder.path / "pulumi")
    assert variables["PULUMI_CONFIG_PASSPHRASE"] == folder.secret("passphrase")
    assert json.loads(variables["MCP_OKTA_LOCAL_ACCESS"] or "")["mcp-readers"] == ["mcp:read"]


@requirement("local:environment")
def test_the_wrong_cloud_guard_is_content(folder: LocalFolder, state: State) -> None:
    """What `infra` demands of a stack on the local cloud holds, also in a shell full of settings (design, infra)."""
    current = {
        "AWS_ENDPOINT_URL_LAMBDA": "https://lambda.example.com",
        "OKTA_ORG_NAME": "company",
        "AWS_PROFILE": "prod",
    }
    merged = current | local_environment(folder, state, current)
    seen = {name: value for name, value in merged.items() if value is not None}

    assert guard(True, {}, seen) == []
    assert guard(False, {}, seen) != []
    assert "AWS_PROFILE" not in seen


@requirement("local:environment")
def test_what_leads_elsewhere_is_unset(folder: LocalFolder, state: State) -> None:
    """Profiles, tokens and files of real accounts (design: local env unsets what would point elsewhere)."""
    variables = local_environment(folder, state, {})

    assert {name for name, value in variables.items() if value is None} == set(LEADS_ELSEWHERE)
    contract = {"AWS_PROFILE", "AWS_SESSION_TOKEN", "PULUMI_ACCESS_TOKEN", "OKTA_API_CLIENT_ID", "OKTA_API_PRIVATE_KEY"}
    assert contract | {"PULUMI_CONFIG_PASSPHRASE_FILE"} <= set(LEADS_ELSEWHERE)
    assert variables["AWS_CONFIG_FILE"] == variables["AWS_SHARED_CREDENTIALS_FILE"] == os.devnull


@requirement("local:environment")
def test_no_plugin_on_path_goes_before_those_that_are_laid_out(folder: LocalFolder, state: State) -> None:
    """A person's own `pulumi-resource-okta` would, and with a warning (Pulumi, PULUMI_IGNORE_AMBIENT_PLUGINS)."""
    assert local_environment(folder, state, {})["PULUMI_IGNORE_AMBIENT_PLUGINS"] == "true"


def test_the_backend_is_a_url(folder: LocalFolder, state: State) -> None:
    """A path with a space or a per cent sign is written as RFC 3986 has it, and read as itself."""
    url = local_environment(folder, state, {})["PULUMI_BACKEND_URL"] or ""

    assert " " not in url
    assert unquote(urlsplit(url).path) == str(folder.path / "state")


def test_our_programs_come_first_and_once(folder: LocalFolder, state: State) -> None:
    """Evaluating `local env` again changes nothing (ours)."""
    first = local_environment(folder, state, {"PATH": "/usr/bin:/bin"})["PATH"] or ""
    second = local_environment(folder, state, {"PATH": first})["PATH"]

    assert first == second == f"{folder.path / 'bin'}:/usr/bin:/bin"


def test_no_proxy_stands_between_this_machine_and_itself(folder: LocalFolder, state: State) -> None:
    """Company proxies are kept for everything else (ours)."""
    variables = local_environment(folder, state, {"no_proxy": "intranet,localhost"})

    assert variables["no_proxy"] == variables["NO_PROXY"] == "intranet,localhost,127.0.0.1"


def test_the_daemon_sees_no_account() -> None:
    """The emulators inherit neither credentials nor settings of servers and stacks (ours)."""
    current = {
        "AWS_SECRET_ACCESS_KEY": "s",
        "OKTA_API_TOKEN": "s",
        "PULUMI_ACCESS_TOKEN": "s",
        "MCP_URL": "u",
        "HOME": "/h",
    }

    assert daemon_environment(current).keys() == {"HOME", "NO_PROXY", "no_proxy", "PYTHONUNBUFFERED"}
