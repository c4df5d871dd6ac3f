"""The sweep after a destroy deletes what the stack can prove to have made, and nothing else."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from environments import ownership, removal
from environments.accounts import Clouds
from environments.errors import Unreachable
from environments.failures import Place
from environments.ownership import Found, Owned, Owner
from environments.removal import clear_strangers, sweep
from tests.requirements import requirement

ROLE = "aws:iam/role:Role"
BEGUN = {
    "pending_operations": [{"type": "creating", "resource": {"type": ROLE, "inputs": {"name": "mcp-okta-dev"}}}],
}


class Cloud:
    """Objects that carry the stack's marks, until they are deleted."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.objects = [
            Owned((ROLE, "mcp-okta-dev"), "mcp-okta-dev", lambda: self.lose(ROLE)),
            Owned(("aws:apigatewayv2/api:Api", "a1"), "mcp-okta-dev", lambda: self.lose("aws:apigatewayv2/api:Api")),
        ]
        self.asked: list[Owner] = []
        monkeypatch.setattr(ownership, "find", self.find)

    def lose(self, kind: str) -> None:
        """Delete one."""
        self.objects = [item for item in self.objects if item.key[0] != kind]

    def find(self, owner: Owner, clouds: Clouds, groups: Any) -> Found:
        """Whatever is there."""
        self.asked.append(owner)
        return Found(list(self.objects))


def run_of(root: Path, said: list[str]) -> Any:
    """A `down` of stack `dev`."""
    return SimpleNamespace(place=Place(root, "dev", "down"), clouds=Clouds.of({}, {}), report=said.append)


def swept(root: Path, before: dict[str, Any]) -> list[str]:
    """Sweep stack `dev`; what was said."""
    said: list[str] = []
    sweep(run_of(root, said), before)
    return said


@requirement("environments:ownership")
def test_with_an_id_everything_that_carries_it_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The id is random and nobody else's (ours)."""
    (tmp_path / "Pulumi.dev.yaml").write_text("config:\n  mcp-okta:stackId: 0a1b2c3d\n")
    cloud = Cloud(monkeypatch)

    swept(tmp_path, {})

    assert cloud.objects == []
    assert set(cloud.asked) == {Owner("dev", "0a1b2c3d")}


@requirement("environments:ownership")
def test_without_an_id_only_what_was_being_created_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rest may be a colleague's of the same name, made with plain Pulumi too; it is named and left (ours)."""
    cloud = Cloud(monkeypatch)

    said = swept(tmp_path, BEGUN)

    assert [item.key[0] for item in cloud.objects] == ["aws:apigatewayv2/api:Api"]
    assert any("left alone" in text and "Api mcp-okta-dev" in text for text in said)


@requirement("environments:recovery-proof")
def test_without_an_id_an_api_that_was_being_created_stays_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another stack's may have the same name; it is named, with what to do (AWS, API Gateway)."""
    cloud = Cloud(monkeypatch)
    kind = "aws:apigatewayv2/api:Api"
    resource = {"type": kind, "inputs": {"name": "mcp-okta-dev"}}

    said = swept(tmp_path, {"pending_operations": [{"type": "creating", "resource": resource}]})

    assert kind in [item.key[0] for item in cloud.objects]
    assert any("Api mcp-okta-dev (a1); if it is this stack's, delete it in AWS" in text for text in said)


@requirement("environments:ownership")
def test_the_id_is_known_from_the_last_deployment_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The configuration file is in one checkout only (ours)."""
    cloud = Cloud(monkeypatch)

    swept(tmp_path, {"resources": [{"type": "pulumi:pulumi:Stack", "outputs": {"stack_id": "0a1b2c3d"}}]})

    assert set(cloud.asked) == {Owner("dev", "0a1b2c3d")}


@requirement("environments:ownership-table")
def test_only_what_the_state_does_not_hold_is_cleared_out_of_the_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it holds is the engine's to delete, in its own order (ours)."""
    (tmp_path / "Pulumi.dev.yaml").write_text("config:\n  mcp-okta:stackId: 0a1b2c3d\n")
    cloud = Cloud(monkeypatch)
    now = {"resources": [{"type": ROLE, "id": "mcp-okta-dev"}]}

    assert clear_strangers(run_of(tmp_path, []), {}, now)
    assert [item.key[0] for item in cloud.objects] == [ROLE]
    assert not clear_strangers(run_of(tmp_path, []), {}, now)


def test_a_cloud_that_does_not_answer_leaves_the_destroys_own_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Why the destroy failed is what the person must hear (ours)."""

    def find(*args: Any) -> Found:
        raise Unreachable("AWS does not answer", "later")

    monkeypatch.setattr(ownership, "find", find)
    said: list[str] = []

    assert not clear_strangers(run_of(tmp_path, said), {}, {})
    assert said == ["could not look for what is in the way: AWS does not answer"]


TABLE = "aws:dynamodb/table:Table"
HELD = {"resources": [{"type": TABLE, "id": "mcp-okta-dev"}]}


@requirement("environments:table-protected")
@pytest.mark.parametrize(
    ("stack", "stack_id", "before", "asked"),
    [
        ("dev", "0a1b2c3d", {}, [Owner("dev", "0a1b2c3d")]),
        ("dev", "", HELD, [Owner("dev")]),
        ("dev", "", {}, []),
        ("local", "0a1b2c3d", HELD, []),
    ],
)
def test_down_takes_the_protection_off_a_table_that_is_the_stacks_for_certain(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    stack: str,
    stack_id: str,
    before: dict[str, Any],
    asked: list[Owner],
) -> None:
    """By the id in its tags, or by the state; nothing on the local cloud is protected (infra, notes)."""
    (tmp_path / f"Pulumi.{stack}.yaml").write_text(f"config:\n  mcp-okta:stackId: '{stack_id}'\n")
    owners: list[Owner] = []

    def played(owner: Owner, clouds: Clouds) -> bool:
        owners.append(owner)
        return True

    monkeypatch.setattr(removal, "unprotect_table", played)
    said: list[str] = []
    run = run_of(tmp_path, said)
    run.place = Place(tmp_path, stack, "down")

    removal.unprotect(run, before)

    assert owners == asked
    assert len(said) == len(asked)
