"""Builds the engine from the Go module that `go.mod` pins: about six minutes, once per machine."""

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from environments.engine.version import MODULE, PACKAGE, Version, needed_go, parse_version, pinned, spell

NEEDED_BYTES = 4 * 1024**3
REPORT_SECONDS = 5
STAMP = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version"


class NotBuilt(Exception):
    """The engine could not be built; the text says why."""


def build(program: Path, report: Callable[[str], None], environ: Mapping[str, str] = os.environ) -> None:
    """
    Build the pinned engine and put it in its place in one step.

    Raises:
        NotBuilt: Go is missing or too old, the disk is full, or the compiler says no.

    Source: docs/facts/pulumi.md, the engine. `go install …@version` refuses modules with replace directives.
    """
    env = go_environment(environ)
    go = check_go(env)
    check_disk(go, env, program.parent)
    program.parent.mkdir(parents=True, exist_ok=True)
    report(f"building Pulumi {spell(pinned())} with Go: about 6 minutes on two cores, once on this machine")
    temporary = program.with_name(f".{program.name}.{os.getpid()}")
    try:
        _compile(go, temporary, env, report)
        os.replace(temporary, program)
    finally:
        temporary.unlink(missing_ok=True)


def go_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """Go as it is installed, without the person's workspace and flags; their proxy settings stay."""
    return {**environ, "GOTOOLCHAIN": "local", "GOFLAGS": "-buildvcs=false", "GOWORK": "off"}


def check_go(env: Mapping[str, str]) -> str:
    """
    The `go` on PATH, if it is new enough.

    Raises:
        NotBuilt: there is none, or an older one.
    """
    go = shutil.which("go", path=env.get("PATH"))
    if go is None:
        raise NotBuilt("no `go` on PATH")
    version = _go_version(go, env)
    if version is None:
        raise NotBuilt(f"{go} does not say its version")
    if version < needed_go():
        raise NotBuilt(f"{go} is {spell(version)}, and {spell(needed_go())} or newer is needed")
    return go


def check_disk(go: str, env: Mapping[str, str], folder: Path) -> None:
    """
    See that the module cache, the build cache and the engine will fit.

    Raises:
        NotBuilt: too little space where one of them goes.
    """
    for place in [folder, *_caches(go, env)]:
        existing = next(path for path in (place, *place.parents) if path.exists())
        free = shutil.disk_usage(existing).free
        if free < NEEDED_BYTES:
            raise NotBuilt(f"{existing} has {free / 1024**3:.1f} GB free, and {NEEDED_BYTES // 1024**3} GB are needed")


def _go_version(go: str, env: Mapping[str, str]) -> Version | None:
    done = _ask(go, env, "version")
    return parse_version(done.split("version", 1)[-1]) if done else None


def _caches(go: str, env: Mapping[str, str]) -> list[Path]:
    return [Path(line) for line in _ask(go, env, "env", "GOMODCACHE", "GOCACHE").splitlines() if line.startswith("/")]


def _ask(go: str, env: Mapping[str, str], *question: str) -> str:
    try:
        done = subprocess.run([go, *question], cwd=MODULE, env=dict(env), capture_output=True, text=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def _compile(go: str, target: Path, env: Mapping[str, str], report: Callable[[str], None]) -> None:
    flags = f"-s -w -X {STAMP}=v{spell(pinned())}"
    command = [go, "build", "-mod=readonly", "-trimpath", "-v", "-ldflags", flags, "-o", str(target)]
    with subprocess.Popen(
        [*command, f"{PACKAGE}/cmd/pulumi"],
        cwd=MODULE,
        env=dict(env),
        text=True,
        errors="replace",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    ) as process:
        try:
            complaints = _follow(process, report)
        except BaseException:
            process.terminate()
            raise
    if process.returncode:
        raise NotBuilt(f"`go build` ended with {process.returncode}: {'; '.join(complaints[-3:]) or 'it said nothing'}")


def _follow(process: "subprocess.Popen[str]", report: Callable[[str], None]) -> list[str]:
    """Turn the compiler's lines into a progress line now and then; what is neither download nor package is kept."""
    started = said = time.monotonic()
    downloaded = compiled = 0
    complaints: list[str] = []
    for line in process.stdout or ():
        text = line.strip()
        if text.startswith("go: downloading"):
            downloaded += 1
        elif " " not in text:
            compiled += 1
        else:
            complaints.append(text)
        if time.monotonic() - said >= REPORT_SECONDS:
            said = time.monotonic()
            report(f"building Pulumi: {downloaded} modules, {compiled} packages, {said - started:.0f} s")
    return complaints
