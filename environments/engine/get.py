"""Gets the engine where there is none: the official installer, else a build with Go, one process at a time."""

import fcntl
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from environments.engine import builder, installer
from environments.engine.lookup import Engine, cache_folder, check, kept_program, look_in_cache, look_on_path
from environments.engine.version import needed_go, pinned, spell
from environments.errors import EngineMissing

Report = Callable[[str], None]


def get_engine(report: Report, environ: Mapping[str, str] = os.environ) -> Engine:
    """
    The engine: found, or else installed or built into the user's cache folder.

    Raises:
        EngineMissing: no way works; the message has each with its reason.
    """
    on_path, why_not_path = look_on_path(environ)
    if on_path:
        return on_path
    kept, why_not_kept = look_in_cache(environ)
    if kept:
        return kept
    tried = {"on PATH": why_not_path, "kept from earlier": why_not_kept}
    try:
        with _alone(cache_folder(environ).parent, report):
            return look_in_cache(environ)[0] or _make(report, environ, tried)
    except OSError as error:
        tried["the cache folder"] = f"{cache_folder(environ).parent} cannot be written ({error.strerror})"
        raise missing(tried) from error


def missing(tried: Mapping[str, str]) -> EngineMissing:
    """One message: what was tried, each with its reason."""
    listed = "\n".join(f"  - {way}: {reason}" for way, reason in tried.items())
    return EngineMissing(
        f"there is no Pulumi CLI {spell(pinned())}, and no way to get it works:\n{listed}",
        f"install Go {spell(needed_go())} or newer, or the Pulumi CLI "
        "(https://www.pulumi.com/docs/iac/download-install/), then run it again",
    )


def _make(report: Report, environ: Mapping[str, str], tried: dict[str, str]) -> Engine:
    folder, program = cache_folder(environ), kept_program(environ)
    try:
        report(f"getting Pulumi {spell(pinned())} from {installer.INSTALLER}")
        installer.install(pinned(), folder)
        return _made(program, "installed")
    except installer.NotInstalled as error:
        tried["official installer"] = str(error)
    try:
        builder.build(program, report, environ)
        return _made(program, "built with Go")
    except (builder.NotBuilt, installer.NotInstalled) as error:
        tried["built with Go"] = str(error)
    raise missing(tried)


def _made(program: Path, source: str) -> Engine:
    engine, why_not = check(program, source)
    if engine is None:
        raise installer.NotInstalled(why_not)
    return engine


@contextmanager
def _alone(folder: Path, report: Report) -> Iterator[None]:
    """Hold the lock of the cache folder; whoever comes second waits and then finds what the first one made."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            report("another process is getting Pulumi; waiting for it")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
