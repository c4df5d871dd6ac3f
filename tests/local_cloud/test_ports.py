"""Unit tests for the ports that survive a restart."""

import asyncio
import json
import os
import socket
from pathlib import Path

import pytest

from local_cloud.errors import LocalCloudError
from local_cloud.folder import LocalFolder
from local_cloud.ports import FIRST, KeptPorts, describe_holder, listen_on
from tests.requirements import requirement


@pytest.fixture
def folder(tmp_path: Path) -> LocalFolder:
    """A prepared folder."""
    folder = LocalFolder.of(tmp_path)
    folder.prepare()
    return folder


@requirement("local:kept-ports")
def test_a_port_is_chosen_once(folder: LocalFolder) -> None:
    """The same name has the same port after a restart, also right after its connections (design)."""
    with KeptPorts(folder).listen("okta") as first:
        chosen = first.getsockname()
    with KeptPorts(folder).listen("okta") as second:
        assert second.getsockname() == chosen
    assert chosen[0] == "127.0.0.1"
    assert FIRST <= chosen[1] < 32768


def test_two_names_have_two_ports(folder: LocalFolder) -> None:
    """Also where the first one is not listened on at the moment (ours)."""
    with KeptPorts(folder).listen("okta") as okta:
        first = okta.getsockname()
    with KeptPorts(folder).listen("aws") as aws:
        assert aws.getsockname() != first


def test_two_checkouts_begin_elsewhere(tmp_path: Path) -> None:
    """Checkouts that are not up at the same time do not choose the same port (ours)."""
    chosen = set()
    for name in ("one", "two"):
        folder = LocalFolder.of(tmp_path / name)
        folder.prepare()
        with KeptPorts(folder).listen("okta") as listener:
            chosen.add(listener.getsockname()[1])

    assert len(chosen) == 2


@requirement("local:taken-port")
def test_a_taken_port_is_named_with_its_holder(folder: LocalFolder) -> None:
    """Which port, who holds it, and both ways out (issue 3, must show)."""
    with KeptPorts(folder).listen("okta") as holder, pytest.raises(LocalCloudError) as caught:
        KeptPorts(folder).listen("okta")

    port = holder.getsockname
    assert str(json.loads((folder.path / "ports.json").read_text())["okta"]) in caught.value.message
    assert f"process {os.getpid()} " in caught.value.message
    assert f"stop process {os.getpid()}" in caught.value.remedy
    assert "ports.json" in caught.value.remedy
    assert port is not None


def test_another_checkouts_local_cloud_is_named_by_its_root(
    folder: LocalFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The way out is `local down` over there (ours)."""
    monkeypatch.setattr("local_cloud.ports.root_of", lambda pid: "/elsewhere")
    with listen_on(0) as listener:
        holder = describe_holder(listener.getsockname()[1])

    assert holder.name == "the local cloud of /elsewhere"
    assert holder.remedy == "run `mcp-okta local down` in /elsewhere"


def test_a_holder_that_is_not_ours_to_see_has_no_name() -> None:
    """Another user's process cannot be looked at (proc(5))."""
    with listen_on(0) as listener:
        port = listener.getsockname()[1]

    assert describe_holder(port).name == "another program"


@pytest.mark.parametrize("text", ["{", "[]", '{"okta": "80"}'])
def test_a_file_that_is_not_ours_is_refused(folder: LocalFolder, text: str) -> None:
    """A new port would be a new issuer: that is for the person to decide (design)."""
    (folder.path / "ports.json").write_text(text)
    with pytest.raises(LocalCloudError, match=r"ports\.json"):
        KeptPorts(folder).listen("okta")


@pytest.mark.anyio
async def test_answers_are_sent_without_waiting_for_the_clients_acknowledgement() -> None:
    """TCP_NODELAY on each connection: without it every answer but the first took 44 ms (scripts/bench auth)."""
    accepted: asyncio.Queue[int] = asyncio.Queue()

    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        own = writer.get_extra_info("socket")
        accepted.put_nowait(own.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        writer.close()

    with listen_on(0) as listener:
        async with await asyncio.start_server(serve, sock=listener):
            _, writer = await asyncio.open_connection(*listener.getsockname())
            nodelay = await asyncio.wait_for(accepted.get(), 5)
            writer.close()

    assert nodelay != 0
