"""Unit tests for the names that the local cloud answers to. Over sockets: tests/local_cloud/aws/test_edge.py."""

from pathlib import Path
from typing import Any

import httpx2
import pytest

from local_cloud.clock import Clock
from local_cloud.environment import okta_variables
from local_cloud.folder import LocalFolder
from local_cloud.health import build_control
from local_cloud.hosts import OurHosts, is_ours
from local_cloud.okta import OktaSettings, build_okta
from tests.local_cloud.test_state import state_of
from tests.requirements import requirement


@requirement("local:hosts")
@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.0.0.1:8480", "localhost", "LocalHost:1", "local.okta.localhost:443"]
)
def test_these_names_are_ours(host: str) -> None:
    """With any port (ours)."""
    assert is_ours(host)


@requirement("local:hosts")
@pytest.mark.parametrize(
    "host", ["", "evil.example", "evil.example:80", "127.0.0.1.evil.example", "127.1", "localhost:x", "[::1]", "a:b:c"]
)
def test_these_names_are_not(host: str) -> None:
    """Nobody else can make a name of ours lead elsewhere and back (DNS rebinding)."""
    assert not is_ours(host)


def test_the_name_that_the_environment_gives_the_org_is_ours(tmp_path: Path) -> None:
    """OKTA_ORG_NAME and OKTA_BASE_URL make it (pulumi-okta, provider configuration)."""
    variables = okta_variables(state_of(LocalFolder.of(tmp_path)))

    assert is_ours(f"{variables['OKTA_ORG_NAME']}.{variables['OKTA_BASE_URL']}")


@requirement("local:hosts")
@pytest.mark.anyio
@pytest.mark.parametrize("name", ["okta", "control"])
async def test_okta_and_the_control_endpoint_answer_to_no_other_name(name: str) -> None:
    """421 and a sentence (RFC 9110 §15.5.20)."""
    okta = build_okta(OktaSettings("http://127.0.0.1:8480", "t0ken"), Clock())
    app = okta if name == "okta" else build_control({}, dict)
    path = "/.well-known/okta-organization" if name == "okta" else "/health"
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://127.0.0.1:8480") as client:
        ours = await client.get(path)
        theirs = await client.get(path, headers={"host": "evil.example"})

    assert (ours.status_code, theirs.status_code) == (200, 421)
    assert "'evil.example'" in theirs.text


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("target", "status"), [("http://localhost/a%20b", 200), ("http://x/a", 400), ("http://[", 400)]
)
async def test_a_target_in_absolute_form_becomes_its_path(target: str, status: int) -> None:
    """Its host takes the place of Host (RFC 9112 §3.2.2)."""
    seen: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.append((scope["path"], scope["raw_path"], dict(scope["headers"])[b"host"]))
        await send({"type": "http.response.start", "status": 200})

    async def send(message: Any) -> None:
        seen.append(message.get("status"))

    scope = {"type": "http", "method": "GET", "path": target, "raw_path": target.encode(), "headers": [(b"host", b"x")]}
    await OurHosts(app)(scope, None, send)  # type: ignore[arg-type]

    assert status in seen
    assert status != 200 or seen[0] == ("/a b", b"/a%20b", b"localhost")
