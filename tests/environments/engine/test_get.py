"""The engine is got where there is none. See also test_lookup.py."""

import fcntl
import os
import select
import threading
from pathlib import Path

import pytest

from environments.engine import builder, get_engine, installer
from environments.engine.lookup import cache_folder, kept_program
from environments.errors import EngineMissing
from tests.environments.engine.programs import go, pulumi
from tests.requirements import requirement


@pytest.fixture
def environ(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """A machine without engine and without network, on which tools can be put into `bin`."""

    def unreachable() -> None:
        raise installer.NotInstalled(f"{installer.INSTALLER} cannot be reached (no network)")

    monkeypatch.setattr(installer, "check_network", unreachable)
    path = os.pathsep.join([str(tmp_path / "bin"), "/usr/bin", "/bin"])
    return {"PATH": path, "XDG_CACHE_HOME": str(tmp_path / "cache")}


def files_of(folder: Path) -> list[str]:
    """The files below the folder, without the lock."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file() and path.name != "lock")


@requirement("environments:engine-missing")
def test_without_any_way_each_way_is_named_with_its_reason(environ: dict[str, str], tmp_path: Path) -> None:
    """One message, and a remedy (issue 3, must show)."""
    pulumi(tmp_path / "bin/pulumi", "v3.1.0")
    go(tmp_path / "bin/go", "go1.20.1")

    with pytest.raises(EngineMissing) as missing:
        get_engine(print, environ)

    for word in ("PATH", "3.1.0", "cache", "installer", "no network", "Go", "1.20.1", "1.25.11"):
        assert word in missing.value.message, word
    assert "install Go" in missing.value.remedy
    assert files_of(tmp_path / "cache") == []
    assert not cache_folder(environ).exists()


def test_the_engine_is_built_with_go_and_the_pinned_version_stamped(environ: dict[str, str], tmp_path: Path) -> None:
    """Without the stamp the CLI calls itself a development version (docs/facts/pulumi.md, the engine)."""
    log = tmp_path / "log"
    make = [
        f'echo "$GOTOOLCHAIN $GOFLAGS" > {log}',
        'printf "#!/bin/sh\\necho v3.259.0\\n" > $target',
        "chmod +x $target",
    ]
    go(tmp_path / "bin/go", "go1.26.0", *make)
    said: list[str] = []

    engine = get_engine(said.append, environ)

    assert engine.path == kept_program(environ)
    assert engine.version == (3, 259, 0)
    assert any("building Pulumi 3.259.0" in text for text in said)
    assert log.read_text().split() == ["local", "-buildvcs=false"]
    assert get_engine(said.append, environ) == engine.__class__(engine.path, engine.version, "kept from earlier")


@requirement("environments:engine-built")
def test_a_build_that_fails_leaves_nothing_in_the_engines_place(environ: dict[str, str], tmp_path: Path) -> None:
    """The compiler's last words are the reason (docs/architecture.md)."""
    go(tmp_path / "bin/go", "go1.26.0", "echo half > $target", "echo 'no space left on device' >&2", "exit 1")

    with pytest.raises(EngineMissing, match="no space left on device"):
        get_engine(lambda text: None, environ)

    assert files_of(tmp_path / "cache") == []


def test_a_full_disk_is_noticed_before_the_build(
    environ: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The module cache and the build cache need 4 GB (docs/facts/pulumi.md)."""
    go(tmp_path / "bin/go", "go1.26.0", "exit 1")
    monkeypatch.setattr(builder, "NEEDED_BYTES", 1024**6)

    with pytest.raises(EngineMissing, match="GB free"):
        get_engine(lambda text: None, environ)


def test_of_two_processes_the_second_waits_and_finds_what_the_first_made(
    environ: dict[str, str], tmp_path: Path
) -> None:
    """One build per machine (docs/architecture.md)."""
    folder = cache_folder(environ).parent
    folder.mkdir(parents=True)
    waiting, found = threading.Event(), []
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        second = threading.Thread(target=lambda: found.append(get_engine(lambda text: waiting.set(), environ)))
        second.start()
        assert waiting.wait(5)
        pulumi(kept_program(environ))
    second.join(5)

    assert [engine.path for engine in found] == [kept_program(environ)]


def test_a_cache_folder_that_cannot_be_made_is_named(environ: dict[str, str], tmp_path: Path) -> None:
    """A file is in its place (ours)."""
    (tmp_path / "cache").write_text("")

    with pytest.raises(EngineMissing, match=str(tmp_path / "cache")):
        get_engine(lambda text: None, environ)


def test_the_installers_network_check_has_a_limit_and_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    """The SDK's own request has no time limit (pulumi.automation)."""
    for name in ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.setenv(name, "")

    with pytest.raises(installer.NotInstalled, match="cannot be reached"):
        installer.check_network()


@requirement("environments:engine-missing")
def test_an_installer_without_an_end_is_ended_with_all_that_it_started(tmp_path: Path) -> None:
    """The SDK's download has no limit, nor has the shell that it starts (pulumi.automation)."""
    alive = tmp_path / "alive"
    os.mkfifo(alive)
    reader = os.open(alive, os.O_RDONLY | os.O_NONBLOCK)

    with pytest.raises(installer.NotInstalled, match="no end of the installer after"):
        installer.run_bounded(["sh", "-c", f"exec 3> {alive}; sleep 60 & wait"], 0.2)

    ready, _, _ = select.select([reader], [], [], 5)
    assert ready and os.read(reader, 1) == b""  # nobody holds the other end any more
    os.close(reader)


@requirement("environments:engine-missing")
def test_an_installer_that_fails_says_its_last_line() -> None:
    """Among what else was tried (issue 3, must show)."""
    with pytest.raises(installer.NotInstalled, match="ended with 3: no space"):
        installer.run_bounded(["sh", "-c", "echo first; echo no space >&2; exit 3"], 5)
