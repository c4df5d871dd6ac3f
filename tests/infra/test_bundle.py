"""The zip: repeatable, cached, and clear about what failed. The dependencies come from uv's own cache."""

import fcntl
import sys
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra import bundle as module
from infra import dependencies
from infra.bundle import Sources, Target, build_bundle
from infra.errors import BundleFailed
from tests.requirements import requirement

ROOT = Path(__file__).parents[2]
HERE = Target(f"{sys.version_info.major}.{sys.version_info.minor}", "x86_64")
TAG = f"cpython-{sys.version_info.major}{sys.version_info.minor}"


def small_lock() -> str:
    """The first entry of the real lock."""
    lines = (ROOT / "requirements" / "lambda.txt").read_text().splitlines()
    end = next(number for number, line in enumerate(lines) if number and not line.startswith(" "))
    return "\n".join(lines[:end])


@pytest.fixture
def sources(tmp_path: Path) -> Sources:
    """A package and a lock to change."""
    package = tmp_path / "lambda_server"
    (package / "tools").mkdir(parents=True)
    (package / "tests").mkdir()
    (package / "__pycache__").mkdir()
    for name in (
        "__init__.py",
        "__main__.py",
        "handler.py",
        "tools/__init__.py",
        "tests/test_x.py",
        "__pycache__/x.pyc",
    ):
        (package / name).write_text(f"NAME = {name!r}\nWORDS = {{'a', 'b', 'c'}}\n")
    lock = tmp_path / "lambda.txt"
    lock.write_text(small_lock())
    return Sources(package, lock)


@requirement("infra:repeatable")
def test_the_zip_is_repeatable_whatever_the_clock_and_the_modes(sources: Sources, tmp_path: Path) -> None:
    """Two builds in two caches are equal byte for byte, with other times and modes of the files (issue 3 §2)."""
    first = build_bundle(sources, HERE, tmp_path / "one")
    for path in sources.files():
        path.chmod(0o600)
        path.touch()
    second = build_bundle(sources, HERE, tmp_path / "two")

    assert first.read_bytes() == second.read_bytes()
    assert first.name == second.name
    with zipfile.ZipFile(first) as archive:
        assert {(entry.date_time, entry.external_attr >> 16) for entry in archive.infolist()} == {
            ((1980, 1, 1, 0, 0, 0), 0o100644)
        }


def test_only_what_the_function_needs_goes_in(sources: Sources, tmp_path: Path) -> None:
    """Our package without its tests and its developer's entry, and no trace of the installation (design)."""
    with zipfile.ZipFile(build_bundle(sources, HERE, tmp_path / "cache")) as archive:
        names = {name for name in archive.namelist() if not name.endswith(".pyc")}

    assert {name for name in names if name.startswith("lambda_server")} == {
        "lambda_server/__init__.py",
        "lambda_server/handler.py",
        "lambda_server/tools/__init__.py",
    }
    assert "annotated_types/__init__.py" in names
    assert not any(name.endswith(("/RECORD", "/INSTALLER", ".pyi", ".lock")) for name in names)


@requirement("infra:bytecode")
def test_bytecode_is_loaded_without_a_look_at_the_source(sources: Sources, tmp_path: Path) -> None:
    """Flags 1 of PEP 552: hash-based, unchecked; timestamps do not survive the zip."""
    with zipfile.ZipFile(build_bundle(sources, HERE, tmp_path / "cache")) as archive:
        compiled = [name for name in archive.namelist() if name.endswith(".pyc")]
        flags = {archive.read(name)[4:8] for name in compiled}

    assert f"lambda_server/__pycache__/handler.{TAG}.pyc" in compiled
    assert f"annotated_types/__pycache__/__init__.{TAG}.pyc" in compiled
    assert flags == {b"\x01\x00\x00\x00"}


def test_without_the_targets_interpreter_it_says_so(
    sources: Sources, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bytecode of another minor version would be dead weight: none is shipped, and the reader is told (ours)."""
    said: list[str] = []
    monkeypatch.setattr(dependencies, "find_interpreter", lambda python: None)
    with zipfile.ZipFile(build_bundle(sources, HERE, tmp_path / "cache", warn=said.append)) as archive:
        assert not any(name.endswith(".pyc") for name in archive.namelist())

    assert len(said) == 1
    assert f"no Python {HERE.python}" in said[0]


@requirement("infra:repeatable")
def test_a_changed_source_does_not_reinstall_and_a_changed_lock_does(
    sources: Sources, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One `up` runs the program twice: nothing is built twice; the dependencies have a layer of their own (design)."""
    installed: list[Path] = []
    install = dependencies.install
    monkeypatch.setattr(dependencies, "install", lambda lock, *rest: (installed.append(lock), install(lock, *rest)))
    first = build_bundle(sources, HERE, tmp_path / "cache")
    again = build_bundle(sources, HERE, tmp_path / "cache")
    (sources.package / "handler.py").write_text("NAME = 'changed'\n")
    changed = build_bundle(sources, HERE, tmp_path / "cache")
    assert len(installed) == 1

    sources.lock.write_text(sources.lock.read_text() + "\n# another lock\n")
    build_bundle(sources, HERE, tmp_path / "cache")
    build_bundle(sources, Target(HERE.python, "arm64"), tmp_path / "cache")

    assert first == again != changed
    assert len(installed) == 3


def test_two_builds_at_once_install_once(sources: Sources, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second waits for the first and takes its result (ours)."""
    installed: list[Path] = []
    install = dependencies.install
    monkeypatch.setattr(dependencies, "install", lambda lock, *rest: (installed.append(lock), install(lock, *rest)))
    threads = [
        threading.Thread(target=build_bundle, args=(sources, HERE, tmp_path / "cache"), daemon=True) for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    assert not any(thread.is_alive() for thread in threads)
    assert len(installed) == 1


@pytest.fixture
def held(tmp_path: Path) -> Iterator[Path]:
    """A cache in which another program builds."""
    cache = tmp_path / "cache"
    cache.mkdir()
    with (cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield cache


def test_who_waits_for_another_build_is_told_once_and_goes_on_when_it_ends(
    sources: Sources, held: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A silent wait looks like a hang (ours)."""
    said: list[str] = []
    found = iter([False, False, False, True])
    monkeypatch.setattr(module, "taken", lambda lock: next(found))
    monkeypatch.setattr(module, "wait", lambda seconds: None)

    assert build_bundle(sources, HERE, held, warn=said.append).exists()
    assert len(said) == 1
    assert f"another program builds in {held}; waiting for it, at most 10 minutes" in said[0]
    assert next(found, None) is None


def test_a_build_that_never_ends_is_named(sources: Sources, held: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The wait has an end, and the message says who holds what (ours)."""
    waited: list[float] = []
    monkeypatch.setattr(module, "wait", waited.append)
    monkeypatch.setattr(module, "ROUNDS", 3)
    with pytest.raises(BundleFailed) as caught:
        build_bundle(sources, HERE, held, warn=lambda text: None)

    assert waited == [module.PAUSE_SECONDS] * 3
    assert str(held / "lock") in caught.value.message
    assert "run it again" in caught.value.remedy


@requirement("infra:hashes")
def test_another_file_than_the_locked_one_is_refused(sources: Sources, tmp_path: Path) -> None:
    """A hash that differs stops the build, and nothing is left in the cache (issue 3 §2)."""
    sources.lock.write_text(f"annotated-types==0.8.0 --hash=sha256:{'0' * 64}\n")
    with pytest.raises(BundleFailed) as caught:
        build_bundle(sources, HERE, tmp_path / "cache")

    assert "annotated-types" in caught.value.message
    assert "scripts/lock" in caught.value.remedy
    assert [path.name for path in (tmp_path / "cache").iterdir()] == ["lock"]


def test_an_unlocked_dependency_is_refused(sources: Sources, tmp_path: Path) -> None:
    """Without a hash nothing is installed (design, locks)."""
    sources.lock.write_text("annotated-types==0.8.0\n")
    with pytest.raises(BundleFailed, match="hash"):
        build_bundle(sources, HERE, tmp_path / "cache")


def test_a_module_that_does_not_compile_is_named(sources: Sources, tmp_path: Path) -> None:
    """The build stops before the function could (ours)."""
    (sources.package / "handler.py").write_text("def (\n")
    with pytest.raises(BundleFailed, match=r"handler\.py"):
        build_bundle(sources, HERE, tmp_path / "cache")


def test_the_persons_own_installer_settings_are_ignored() -> None:
    """What is deployed does not depend on pip or uv settings in the environment (design, locks)."""
    environment = {
        "UV_INDEX_URL": "x",
        "PIP_FIND_LINKS": "x",
        "UV_CACHE_DIR": "kept",
        "HOME": "kept",
        "UV_NO_VERIFY_HASHES": "1",
    }

    assert dependencies.installer_environment(environment) == {"UV_CACHE_DIR": "kept", "HOME": "kept"}


def test_an_unreachable_index_is_not_called_a_wrong_hash(tmp_path: Path) -> None:
    """Network, wheel and hash each have their own remedy (issue 3, must show: no network)."""
    failure = dependencies.installation_failure
    lock = tmp_path / "lambda.txt"

    assert "reaches the package index" in failure(lock, HERE, "error: Failed to fetch: dns error").remedy
    assert "scripts/lock" in failure(lock, HERE, "Hash mismatch for `x`").remedy
    assert "pythonVersion" in failure(lock, HERE, "x has no wheels with a matching platform tag").remedy


def test_old_files_of_the_cache_go(tmp_path: Path) -> None:
    """The cache keeps a few of each layer and no folder of a killed build (ours)."""
    for number in range(module.KEPT + 3):
        (tmp_path / f"bundle-{number}.zip").touch()
    (tmp_path / "building-x").mkdir()
    module.retire(tmp_path)

    assert len(list(tmp_path.iterdir())) == module.KEPT
