"""Mutants in processes of their own, two at a time: forked, so that each begins with the libraries loaded."""

import importlib
import os
import resource
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.lambda_server.adversary.world import memory_world
from tests.mutants.mutate import Mutant, mutants
from tests.mutants.page import mutants_of_rows, row_mutants
from tests.mutants.suite import ROOT, survives

PACKAGE = ROOT / "lambda_server"
LIBRARIES = (
    "mcp.server.mcpserver",
    "mangum",
    "joserfc.jws",
    "pydantic",
    "httpx2",
    "pytest",
    "hypothesis",
    "jsonschema",
    "moto",
    "pulumi_aws",
)
# A mutant that hangs is noticed; what takes long because the machine is busy is not taken for one.
LONGEST_SECONDS, LONGEST_CPU_SECONDS = 300, 40
AT_ONCE = 2
# Without it, tests that fail for another reason would look like tests that notice everything.
CONTROL = Mutant("what is not changed", "auth/errors.py", (PACKAGE / "auth/errors.py").read_text())


def all_mutants() -> list[Mutant]:
    """Every mutant of the checks; those of a row of docs/security.md must be noticed by that row's tests alone."""
    paths = sorted((PACKAGE / "auth").glob("*.py"))
    every = [one for path in paths for one in mutants(str(path.relative_to(PACKAGE)), path.read_text())]
    in_rows = {name for names in mutants_of_rows().values() for name in names}
    return [*row_mutants(PACKAGE), *(mutant for mutant in every if mutant.name not in in_rows)]


def survivors(chosen: Iterable[Mutant]) -> Iterator[str]:
    """The names of those that nothing notices, in no particular order; the checkout is left alone."""
    for library in LIBRARIES:
        importlib.import_module(library)
    memory_world()
    with tempfile.TemporaryDirectory() as name:
        free = [_copy(Path(name) / str(number)) for number in range(AT_ONCE)]
        running: dict[int, tuple[Mutant, Path]] = {}
        for mutant in chosen:
            if not free:
                yield from _wait(running, free)
            folder = free.pop()
            (folder / "lambda_server" / mutant.path).write_text(mutant.source)
            running[_fork(folder, mutant)] = mutant, folder
        while running:
            yield from _wait(running, free)


def _copy(folder: Path) -> Path:
    shutil.copytree(PACKAGE, folder / "lambda_server", ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def _fork(folder: Path, mutant: Mutant) -> int:
    sys.stdout.flush()
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        silence = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silence, 1)
        os.dup2(silence, 2)
        sys.dont_write_bytecode = True
        signal.alarm(LONGEST_SECONDS)
        resource.setrlimit(resource.RLIMIT_CPU, (LONGEST_CPU_SECONDS, LONGEST_CPU_SECONDS))
        code = 0 if survives(folder, mutant.path, mutant.tests) else 1
    finally:
        os._exit(code)


def _wait(running: dict[int, tuple[Mutant, Path]], free: list[Path]) -> Iterator[str]:
    """Wait for one; put its folder right again."""
    child, status = os.waitpid(-1, 0)
    mutant, folder = running.pop(child)
    (folder / "lambda_server" / mutant.path).write_text((PACKAGE / mutant.path).read_text())
    free.append(folder)
    if status == 0:
        yield mutant.name
