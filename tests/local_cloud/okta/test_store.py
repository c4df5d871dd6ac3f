"""The org's file: what was told is in it, at the price of a line, and nothing grows."""

import json
from pathlib import Path
from typing import Any

import anyio
import pytest

from local_cloud.errors import LocalCloudError
from local_cloud.okta import state_file
from local_cloud.okta.state_file import StateFile
from local_cloud.okta.store import Store
from tests.local_cloud.okta.org import OktaOrg, moved
from tests.local_cloud.okta.sign_in import Login
from tests.requirements import requirement

GROUPS = "/api/v1/groups"


def names(file: Path) -> list[str]:
    """The groups that a file holds."""
    return [row["profile"]["name"] for row in Store(file).rows("groups")]


def group(name: object) -> dict[str, Any]:
    """The body of a group."""
    return {"profile": {"name": f"group {name}"}}


@requirement("okta:state-file")
@pytest.mark.anyio
async def test_what_was_told_is_in_the_file_already(tmp_path: Path) -> None:
    """A SIGKILL after the answer loses nothing (issue 4)."""
    file = tmp_path / "okta.json"
    org = OktaOrg(state_file=file)
    made = await org.make(GROUPS, group(1))
    assert "group 1" in names(file)

    await org.call("DELETE", f"{GROUPS}/{made['id']}")

    assert "group 1" not in names(file)


@requirement("okta:cheap-writes")
@pytest.mark.anyio
async def test_a_change_costs_a_line_and_not_the_whole_org(tmp_path: Path) -> None:
    """The state file is not written anew for each request (issue 4: 200 concurrent sign-ins)."""
    file = tmp_path / "okta.json"
    org = OktaOrg(state_file=file)
    before = file.stat()
    await org.make(GROUPS, group(1))
    after = file.stat()

    assert after.st_ino == before.st_ino
    assert 0 < after.st_size - before.st_size < 1000


@requirement("okta:cheap-writes")
@pytest.mark.anyio
async def test_calls_at_the_same_time_share_their_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One write for all that wait in one turn of the loop; each of them is told after it (issue 4)."""
    file = tmp_path / "okta.json"
    org = OktaOrg(state_file=file)
    writes: list[int] = []
    write = StateFile.write

    def counted(self: StateFile, tables: Any, changes: Any) -> None:
        writes.append(len(list(changes)))
        write(self, tables, changes)

    monkeypatch.setattr(StateFile, "write", counted)

    async def create(index: int) -> None:
        await org.make(GROUPS, group(index))
        assert f"group {index}" in names(file)

    with anyio.fail_after(5):
        async with anyio.create_task_group() as tasks:
            for index in range(40):
                tasks.start_soon(create, index)

    assert sum(writes) == 40
    assert len(writes) < 10


@pytest.mark.anyio
async def test_one_who_gives_up_does_not_stop_the_others(tmp_path: Path) -> None:
    """A cancelled request leaves the shared write alone (ours)."""
    store = Store(tmp_path / "okta.json")
    store.put("groups", "a", {"id": "a"})
    with anyio.fail_after(5):
        async with anyio.create_task_group() as tasks:
            with anyio.CancelScope() as scope:
                tasks.start_soon(store.saved)
                scope.cancel()
                await store.saved()

    assert [row["id"] for row in Store(tmp_path / "okta.json").rows("groups")] == ["a"]


def test_the_file_is_written_anew_when_its_changes_outgrow_the_org(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A row that changes again and again does not make the file grow without end (ours)."""
    monkeypatch.setattr(state_file, "SMALLEST_REWRITE_BYTES", 2000)
    file = tmp_path / "okta.json"
    store = Store(file)
    for number in range(500):
        store.put("users", "a", {"id": "a", "number": number})
        store.save()

        assert file.stat().st_size < 2500
        assert [row["number"] for row in Store(file).rows("users")] == [number]


def test_a_line_that_was_cut_short_was_told_to_nobody(tmp_path: Path) -> None:
    """Killed in the middle of a write: everything before it counts, and the next write mends the file (ours)."""
    file = tmp_path / "okta.json"
    store = Store(file)
    for name in ("a", "b"):
        store.put("groups", name, {"id": name})
        store.save()
    file.write_text(file.read_text() + '["groups", "c", {"id')
    again = Store(file)
    again.put("groups", "d", {"id": "d"})
    again.save()

    assert [row["id"] for row in Store(file).rows("groups")] == ["a", "b", "d"]


def test_a_write_that_fails_is_made_up_for_by_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk is an error that is told, and later nothing is missing (ours)."""
    file = tmp_path / "okta.json"
    store = Store(file)
    store.put("groups", "a", {"id": "a"})
    store.save()
    monkeypatch.setattr(state_file.os, "open", refuse)
    store.put("groups", "b", {"id": "b"})
    with pytest.raises(OSError, match="No space"):
        store.save()
    monkeypatch.undo()
    store.save()

    assert [row["id"] for row in Store(file).rows("groups")] == ["a", "b"]


def refuse(*args: object) -> int:
    """A disk without space."""
    raise OSError(28, "No space left on device")


def test_a_file_that_somebody_removed_is_written_whole(tmp_path: Path) -> None:
    """A reset of the local cloud while it runs (ours)."""
    file = tmp_path / "okta.json"
    store = Store(file)
    for name in ("a", "b"):
        store.put("groups", name, {"id": name})
        store.save()
        file.unlink()
    store.put("groups", "c", {"id": "c"})
    store.save()

    assert [row["id"] for row in Store(file).rows("groups")] == ["a", "b", "c"]
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_file_of_an_earlier_version_is_read(tmp_path: Path) -> None:
    """One JSON document without changes after it (ours)."""
    file = tmp_path / "okta.json"
    file.write_text(json.dumps({"groups": {"a": {"id": "a"}}}))

    assert [row["id"] for row in Store(file).rows("groups")] == ["a"]


@pytest.mark.parametrize("line", ["{", "[]", '["groups", "a"]', '["nothing", "a", null]', "1"])
def test_a_broken_change_is_an_error_with_a_remedy(tmp_path: Path, line: str) -> None:
    """Errors for people say what, where and what to do."""
    file = tmp_path / "okta.json"
    file.write_text(f"{json.dumps({'groups': {}})}\n{line}\n")

    with pytest.raises(LocalCloudError) as caught:
        Store(file)

    assert str(file) in caught.value.message
    assert str(file) in caught.value.remedy


def test_what_has_expired_is_forgotten_in_its_time() -> None:
    """Also where a later row expires earlier (ours)."""
    store = Store()
    for identifier, expires in (("a", 10), ("b", 5)):
        store.put("codes", identifier, {"id": identifier, "expires": expires})
    store.expire("codes", 4)
    store.put("codes", "c", {"id": "c", "expires": 4.5})
    store.expire("codes", 4.5)
    left = [[row["id"] for row in store.rows("codes")]]
    for now in (6, 10):
        store.expire("codes", now)
        left.append([row["id"] for row in store.rows("codes")])

    assert left == [["a", "b"], ["a"], []]


@requirement("okta:no-growth")
@pytest.mark.anyio
async def test_what_sign_ins_leave_behind_is_gone_after_its_time(tmp_path: Path) -> None:
    """Sessions, codes and refresh tokens expire: the tables of a busy year are those of its last sign-in (issue 4)."""
    file = tmp_path / "okta.json"
    org = await OktaOrg(state_file=file).deploy()

    async def sign_in() -> dict[str, int]:
        async with org.browser() as browser:
            login = Login(org)
            tokens = await login.tokens(browser, "reader@example.com")
            await login.post(browser, "revoke", token=tokens["access_token"])
        tables = StateFile(file).read()
        return {name: len(rows) for name, rows in tables.items()}

    first = await sign_in()
    for _ in range(5):
        busy = await sign_in()
    with moved(org, 365 * 24 * 3600):
        later = await sign_in()

    assert busy["sessions"] == busy["grants"] == 6
    # The old public key of the rotation that was due meanwhile.
    assert later == {**first, "keys": first["keys"] + 1}
