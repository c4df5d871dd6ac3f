"""Finds the Pulumi CLI without getting one: on PATH, or kept from earlier."""

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from environments.engine.version import Version, ask_version, new_enough, pinned, spell


@dataclass(frozen=True)
class Engine:
    """A Pulumi CLI that will do."""

    path: Path
    version: Version
    source: str

    def __str__(self) -> str:
        return f"Pulumi {spell(self.version)} ({self.source}: {self.path})"


def cache_folder(environ: Mapping[str, str] = os.environ) -> Path:
    """Where the pinned engine is kept: in the user's cache folder (XDG Base Directory specification)."""
    base = environ.get("XDG_CACHE_HOME") or ""
    home = Path(base) if base.startswith("/") else Path(environ.get("HOME") or Path.home()) / ".cache"
    return home / "mcp-okta" / "engine" / f"v{spell(pinned())}"


def kept_program(environ: Mapping[str, str] = os.environ) -> Path:
    """Where the kept engine is, if there is one."""
    return cache_folder(environ) / "bin" / "pulumi"


def find_engine(environ: Mapping[str, str] = os.environ) -> Engine | None:
    """The engine on PATH, else the kept one, else None; nothing is downloaded or built."""
    return look_on_path(environ)[0] or look_in_cache(environ)[0]


def look_on_path(environ: Mapping[str, str] = os.environ) -> tuple[Engine | None, str]:
    """The engine on PATH, or why there is none."""
    found = shutil.which("pulumi", path=environ.get("PATH"))
    if found is None:
        return None, "no `pulumi` there"
    return check(Path(found), "on PATH")


def look_in_cache(environ: Mapping[str, str] = os.environ) -> tuple[Engine | None, str]:
    """The engine kept from earlier, or why there is none."""
    program = kept_program(environ)
    return check(program, "kept from earlier") if program.exists() else (None, f"nothing in {program.parent.parent}")


def check(program: Path, source: str) -> tuple[Engine | None, str]:
    """The program as an engine, or why it will not do."""
    version = ask_version(program)
    if version is None:
        return None, f"{program} does not run, or is not Pulumi"
    if not new_enough(version):
        wanted = spell(pinned())
        return None, f"{program} is {spell(version)}, and {wanted} or a later {pinned()[0]}.x is needed"
    return Engine(program, version, source), ""
