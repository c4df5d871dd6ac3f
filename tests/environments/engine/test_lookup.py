"""The engine is found without getting it. See also test_get.py."""

import os
from pathlib import Path

import pytest

from environments.engine import find_engine
from environments.engine.lookup import cache_folder, kept_program
from environments.engine.version import needed_go, new_enough, parse_version, pinned
from tests.environments.engine.programs import program, pulumi
from tests.requirements import requirement


def environ(tmp_path: Path) -> dict[str, str]:
    """A machine with an empty PATH folder and an empty cache."""
    return {
        "PATH": f"{tmp_path / 'bin'}{os.pathsep}/usr/bin{os.pathsep}/bin",
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
    }


@requirement("environments:engine-found")
def test_the_engine_and_the_sdk_are_of_one_release() -> None:
    """go.mod and the Python SDK pin the same version (docs/architecture.md)."""
    from importlib.metadata import version

    assert parse_version(version("pulumi")) == pinned()
    assert needed_go() == (1, 25, 11)


@requirement("environments:engine-found")
def test_the_engine_on_path_comes_first(tmp_path: Path) -> None:
    """A person's own engine is used where it is new enough (docs/architecture.md)."""
    env = environ(tmp_path)
    own = pulumi(tmp_path / "bin/pulumi", "v3.300.1")
    pulumi(kept_program(env))

    found = find_engine(env)

    assert found is not None
    assert (found.path, found.version) == (own, (3, 300, 1))


@requirement("environments:engine-found")
@pytest.mark.parametrize("version", ["v3.258.9", "v4.0.0", "what?"])
def test_an_engine_that_will_not_do_is_passed_over(tmp_path: Path, version: str) -> None:
    """Older, of another major version, or not an engine at all: the kept one is used (docs/architecture.md)."""
    env = environ(tmp_path)
    pulumi(tmp_path / "bin/pulumi", version)
    kept = pulumi(kept_program(env))

    found = find_engine(env)

    assert found is not None
    assert found.path == kept


def test_without_one_there_is_none_and_nothing_is_made(tmp_path: Path) -> None:
    """`find_engine` never downloads (ours)."""
    assert find_engine(environ(tmp_path)) is None
    assert not (tmp_path / "cache").exists()


def test_a_program_that_fails_is_no_engine(tmp_path: Path) -> None:
    """Built for another machine, for instance (ours)."""
    program(tmp_path / "bin/pulumi", "exit 126")

    assert find_engine(environ(tmp_path)) is None


def test_the_cache_folder_is_the_users(tmp_path: Path) -> None:
    """A relative XDG_CACHE_HOME is ignored (XDG Base Directory specification)."""
    assert cache_folder({"XDG_CACHE_HOME": "/c"}) == Path("/c/mcp-okta/engine/v3.259.0")
    assert cache_folder({"XDG_CACHE_HOME": "c", "HOME": "/h"}) == Path("/h/.cache/mcp-okta/engine/v3.259.0")


@pytest.mark.parametrize(
    ("text", "version"), [("v3.259.0", (3, 259, 0)), ("go1.26", (1, 26, 0)), ("go1.26rc1", (1, 26, 0)), ("none", None)]
)
def test_a_version_is_read_as_tools_write_it(text: str, version: tuple[int, int, int] | None) -> None:
    """`pulumi version` and `go version` (their own output)."""
    assert parse_version(text) == version


def test_new_enough_is_the_pinned_one_or_a_later_one_of_its_major_version() -> None:
    """Ours."""
    assert new_enough(pinned())
    assert new_enough((3, 260, 0))
    assert not new_enough((3, 258, 9))
    assert not new_enough((4, 0, 0))
