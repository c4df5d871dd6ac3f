"""Each wrong turn ends with one clear message, the right exit code, and nothing half-done. Source: issue 3."""

import json
import os
import signal
import socket
import stat
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from cli.demo.snapshot import Snapshot, difference, take_snapshot
from tests.journeys.checkout import Checkout, Done
from tests.requirements import requirement

pytestmark = requirement("journeys:clear-messages")
PASSPHRASE = {"PULUMI_CONFIG_PASSPHRASE": "journey", "AWS_ACCESS_KEY_ID": "none", "AWS_SECRET_ACCESS_KEY": "none"}


def snapshot_of(checkout: Checkout) -> Snapshot:
    """Everything that the checkout's two clouds hold."""
    status = checkout.status()
    aws = {"endpoint_url": status["aws_endpoint_url"], "region_name": "us-east-1"}
    return take_snapshot(status["okta_url"], status["okta_api_token"], aws | checkout.aws_keys())


def check_message(done: Done, code: int, *words: str) -> None:
    """One error with what, where and remedy, on stderr only; no traceback; the exit code."""
    assert done.code == code, done.err + done.out
    assert "Traceback" not in done.err
    assert done.out == ""
    assert done.err.count("error: ") == 1 and "  → " in done.err, done.err
    missing = [word for word in words if word not in done.err]
    assert not missing, f"{missing} not in: {done.err}"


def wait_until(condition: Callable[[], bool], seconds: float = 60) -> None:
    """Wait, bounded, until the condition holds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.02)


def test_down_twice_says_that_there_is_nothing_to_do(fresh: Checkout) -> None:
    """The second `down` ends with 0 (issue 3)."""
    fresh.ok("up")
    fresh.ok("down")
    again = fresh.ok("down")

    assert "nothing" in again.err.lower()


def test_local_up_twice_is_one_local_cloud(fresh: Checkout) -> None:
    """The second `local up` finds the first (issue 3)."""
    fresh.ok("local", "up")
    first = json.loads((fresh.root / ".local/cloud.json").read_text())
    fresh.ok("local", "up")

    assert json.loads((fresh.root / ".local/cloud.json").read_text())["pid"] == first["pid"]


def test_a_crash_is_noticed_and_mended_by_the_next_local_up(fresh: Checkout) -> None:
    """The emulated clouds are lost, Pulumi's state is not: rebuilt from the program (docs/architecture.md)."""
    fresh.ok("up")
    url = fresh.outputs()["url"]
    os.killpg(json.loads((fresh.root / ".local/cloud.json").read_text())["process_group"], signal.SIGKILL)
    mended = fresh.ok("local", "up", timeout=180)

    assert "rebuil" in mended.err
    assert fresh.outputs()["url"] == url
    fresh.ok("call", "whoami", as_person="reader@example.com")


def test_a_taken_port_is_named(fresh: Checkout) -> None:
    """A kept port that somebody else holds: the port and the way out are named, nothing is started (issue 3)."""
    fresh.ok("local", "up")
    port = int(fresh.status()["okta_url"].rsplit(":", 1)[1])
    fresh.ok("local", "down")
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", port))
        other.listen()
        check_message(fresh.run("local", "up"), 1, str(port))
    assert not (fresh.root / ".local/cloud.json").exists()
    fresh.ok("local", "up")


def test_no_engine_and_no_network_says_what_was_tried(fresh: Checkout, tmp_path: Path) -> None:
    """Each way to get the engine is named with why it failed (issue 3)."""
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("sh", "git", "uname", "env"):
        (tools / name).symlink_to(next(p for p in (Path("/bin"), Path("/usr/bin")) if (p / name).exists()) / name)
    nowhere = "http://127.0.0.1:9"
    done = fresh.run(
        "up",
        PATH=str(tools),
        XDG_CACHE_HOME=str(tmp_path / "cache"),
        https_proxy=nowhere,
        http_proxy=nowhere,
        no_proxy="127.0.0.1",
    )

    check_message(done, 1, "PATH", "Go", "installer")


def test_a_wrong_passphrase_is_called_that(fresh: Checkout) -> None:
    """The engine's words become a message with the file to look at (issue 3)."""
    fresh.ok("up")
    passphrase = fresh.root / ".local/passphrase"
    assert stat.S_IMODE(passphrase.stat().st_mode) == 0o600
    right = passphrase.read_text()
    passphrase.write_text("wrong")
    check_message(fresh.run("up"), 1, "passphrase")
    passphrase.write_text(right)
    fresh.ok("up")


def test_an_unreachable_okta_is_named_with_its_address(fresh: Checkout) -> None:
    """A stack whose Okta does not answer: address and remedy, nothing created, by the command and by plain pulumi."""
    fresh.ok("local", "up")
    before = snapshot_of(fresh)
    script = (
        f'eval "$({fresh.root}/.venv/bin/mcp-okta local env)"; export OKTA_HTTP_PROXY=http://127.0.0.1:9; '
        "pulumi up --yes --non-interactive --skip-preview"
    )
    plain = fresh.shell(["sh", "-c", script])
    assert plain.code != 0
    assert "127.0.0.1:9" in plain.out + plain.err
    assert "Traceback" not in plain.out + plain.err

    done = fresh.run("up", "--yes", "--stack", "dev", OKTA_HTTP_PROXY="http://127.0.0.1:9", **PASSPHRASE)
    check_message(done, 1, "127.0.0.1:9")
    assert difference(before, snapshot_of(fresh)) == []


def test_all_wrong_config_values_are_named_at_once(fresh: Checkout) -> None:
    """Types and ranges are checked together, before anything is created (issue 3; docs/architecture.md, infra)."""
    fresh.ok("local", "up")
    script = (
        f'eval "$({fresh.root}/.venv/bin/mcp-okta local env)"; '
        "pulumi config set memory lots; pulumi config set timeout 9000; pulumi config set logRetentionDays 8"
    )
    assert fresh.shell(["sh", "-c", script]).code == 0

    check_message(fresh.run("up"), 1, "memory", "lots", "timeout", "9000", "logRetentionDays")


def test_stack_local_without_the_local_environment_is_refused(fresh: Checkout) -> None:
    """Stack `local` never touches a real cloud (docs/architecture.md, safe by construction)."""
    fresh.ok("local", "up")
    script = (
        f'eval "$({fresh.root}/.venv/bin/mcp-okta local env)"; unset AWS_ENDPOINT_URL OKTA_HTTP_PROXY; '
        "OKTA_ORG_NAME=some-org OKTA_BASE_URL=okta.invalid pulumi preview --non-interactive"
    )
    done = fresh.shell(["sh", "-c", script])

    assert done.code != 0
    assert "some-org.okta.invalid" in done.out and "local env" in done.out
    assert "Traceback" not in done.out + done.err


def test_a_group_that_does_not_exist_is_named(fresh: Checkout) -> None:
    """`access` names a group that Okta does not have (issue 3)."""
    fresh.ok("local", "up")
    script = (
        f'eval "$({fresh.root}/.venv/bin/mcp-okta local env)"; '
        """pulumi config set access '{"no-such-group": ["mcp:read"]}'"""
    )
    assert fresh.shell(["sh", "-c", script]).code == 0

    check_message(fresh.run("up"), 1, "no-such-group", "createGroups")


@requirement("journeys:killed-up")
@pytest.mark.parametrize("begun", ["okta:auth/server:Server", "aws:dynamodb/table:Table"])
def test_up_after_a_killed_up_finishes_and_leaves_nothing_twice(fresh: Checkout, begun: str) -> None:
    """Everything dies in the middle of a create; `up` mends it, and `down` leaves the clouds as before (issue 3)."""
    fresh.ok("local", "up")
    before = snapshot_of(fresh)
    killed = fresh.start("up")
    stacks = fresh.root / ".local/state/.pulumi/stacks"
    wait_until(lambda: any(f'"{begun}"' in p.read_text() for p in stacks.rglob("local.json")))
    os.killpg(killed.pid, signal.SIGKILL)
    killed.communicate(timeout=20)

    fresh.ok("up")
    fresh.ok("call", "whoami", as_person="reader@example.com")
    fresh.ok("down")
    assert difference(before, snapshot_of(fresh)) == []
