"""What a mutant must not survive: the table of adversarial tokens, then the other tests of the checks."""

import importlib
import sys
from collections.abc import Sequence
from pathlib import Path

import anyio

from tests.lambda_server.adversary.cases import APP, VERIFIER, load
from tests.lambda_server.adversary.world import memory_world

ROOT = Path(__file__).resolve().parents[2]
# The tests of what has a state, which notice sooner than the table does.
OWN = {
    "auth/jwks.py": "tests/lambda_server/auth/test_jwks.py",
    "auth/okta.py": "tests/lambda_server/auth/test_jwks.py",
    "auth/flights.py": "tests/lambda_server/auth/test_introspection.py",
    "auth/introspection.py": "tests/lambda_server/auth/test_introspection.py",
    "auth/challenge.py": "tests/lambda_server/auth/test_challenge.py",
    "auth/gate.py": "tests/lambda_server/auth/test_gate.py",
    "auth/guard.py": "tests/lambda_server/auth/test_guard.py",
    "auth/needs.py": "tests/lambda_server/auth/test_guard.py",
    "auth/declarations.py": "tests/lambda_server/auth/test_declarations.py",
}
BESIDE = (
    "tests/lambda_server/auth",
    "tests/lambda_server/test_server.py",
    "tests/lambda_server/test_gateway.py",
    "tests/lambda_server/test_audit.py",
)
ERAS = ("2025-11-25", "2026-07-28")
LONGEST_SECONDS = 60


def survives(folder: Path, changed: str) -> bool:
    """Whether everything passes with the `lambda_server` of that folder, once per process; its own tests come first."""
    sys.path.insert(0, str(folder))
    package = importlib.import_module("lambda_server")
    assert Path(str(package.__file__)).is_relative_to(folder), package.__file__
    own = [OWN[changed]] if changed in OWN else []
    return (not own or tests_pass(own)) and table_passes() and tests_pass(BESIDE)


def table_passes() -> bool:
    """Whether all is refused and let in as the table says."""
    try:
        anyio.run(_judge_all)
    except Exception:  # whatever it is, the mutant was noticed
        return False
    return True


async def _judge_all() -> None:
    judge = importlib.import_module("tests.lambda_server.adversary.judge")
    cases, world = load(), memory_world()
    with anyio.fail_after(LONGEST_SECONDS):
        for case in cases:
            for mode in case.modes if case.at(VERIFIER) else ():
                await judge.judge_verifier(case, mode, world)
        for mode in ("jwt", "introspection"):
            async with judge.open_door(mode) as door:
                for case in cases:
                    for era in ERAS if case.at(APP) and mode in case.modes else ():
                        await judge.judge_app(case, door, era, world)


def tests_pass(paths: Sequence[str]) -> bool:
    """Whether the tests beside the table pass: what has a state, and what is no token's business."""
    pytest = importlib.import_module("pytest")
    quiet = [
        "-q",
        "-x",
        "--assert=plain",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:xdist",
        "-o",
        "addopts=--import-mode=importlib",
    ]
    return bool(pytest.main([*quiet, f"--rootdir={ROOT}", *(str(ROOT / path) for path in paths)]) == 0)
