"""What a mutant must not survive: the table of adversarial tokens, then the other tests of the checks."""

import importlib
import logging
import sys
from collections.abc import Sequence
from pathlib import Path

import anyio

from tests.lambda_server.adversary.cases import APP, VERIFIER, Case, load
from tests.lambda_server.adversary.world import memory_world

ROOT = Path(__file__).resolve().parents[2]
# The tests of what has a state, which notice sooner than the table does.
OWN = {
    "auth/jwks.py": ("test_jwks.py",),
    "auth/key_set.py": ("test_jwks.py::test_what_is_passed_over_is_counted_in_the_log",),
    "auth/okta.py": ("test_jwks.py",),
    "auth/flights.py": ("test_introspection.py",),
    "auth/introspection.py": ("test_introspection.py",),
    "auth/challenge.py": ("test_challenge.py",),
    "auth/errors.py": ("test_verifier.py",),
    "auth/gate.py": ("test_gate.py",),
    "auth/guard.py": ("test_guard.py",),
    "auth/needs.py": ("test_guard.py", "test_declarations.py"),
    "auth/declarations.py": ("test_declarations.py",),
}
# The cases that are about it come first, so that most mutants are noticed at once.
FIRST = {
    "auth/bearer.py": ("transport.json",),
    "auth/claims.py": ("caller.json", "times.json", "issuer_and_audience.json", "scopes.json"),
    "auth/header.py": ("header.json", "algorithm.json"),
    "auth/introspection.py": ("introspection.json",),
    "auth/key_set.py": ("keys.json",),
    "auth/okta.py": ("keys.json", "introspection.json"),
    "auth/parts.py": ("encoding.json",),
    "auth/strict_json.py": ("encoding.json", "header.json"),
    "auth/guard.py": ("scopes.json",),
    "auth/needs.py": ("scopes.json",),
}
NO_TOKENS = (
    "auth/bearer.py",
    "auth/challenge.py",
    "auth/gate.py",
    "auth/guard.py",
    "auth/needs.py",
)  # the verifier has none of it
BESIDE = (
    "tests/lambda_server/auth",
    "tests/lambda_server/test_server.py",
    "tests/lambda_server/test_gateway.py",
    "tests/lambda_server/test_audit.py",
)
ERAS = ("2025-11-25", "2026-07-28")
LONGEST_SECONDS = 240
TABLE = "tests/lambda_server/adversary/test_table.py"
# The two tests of the table, without what pytest takes for each case.
IN_PROCESS = {
    f"{TABLE}::test_the_verifier_judges_each_token_as_the_table_says": VERIFIER,
    f"{TABLE}::test_the_application_answers_each_request_as_the_table_says": APP,
}


def survives(folder: Path, changed: str, tests: Sequence[str] = ()) -> bool:
    """
    Whether everything passes with the `lambda_server` of that folder, once per process; its own tests come first.

    Args:
        tests: the only ones that are asked; without any, all.
    """
    logging.getLogger().addHandler(logging.NullHandler())  # or the SDK would add its own, which is slow
    sys.path.insert(0, str(folder))
    package = importlib.import_module("lambda_server")
    assert Path(str(package.__file__)).is_relative_to(folder), package.__file__
    if tests:
        others = [test for test in tests if test not in IN_PROCESS]
        return (not others or tests_pass(others)) and all(
            table_passes(IN_PROCESS[test], changed) for test in tests if test in IN_PROCESS
        )
    own = [f"tests/lambda_server/{Path(changed).parent}/{name}" for name in OWN.get(changed, ())]
    levels = (APP,) if changed in NO_TOKENS else (VERIFIER, APP)
    if own and not tests_pass(own):
        return False
    return all(table_passes(level, changed) for level in levels) and tests_pass(BESIDE)


def table_passes(level: str, changed: str) -> bool:
    """Whether all is refused and let in as the table says."""
    cases = sorted(load(), key=lambda case: case.file not in FIRST.get(changed, ()))
    try:
        anyio.run(_judge_tokens if level == VERIFIER else _judge_requests, cases)
    except Exception:  # whatever it is, the mutant was noticed
        return False
    return True


async def _judge_tokens(cases: Sequence[Case]) -> None:
    judge = importlib.import_module("tests.lambda_server.adversary.judge")
    with anyio.fail_after(LONGEST_SECONDS):
        for case in cases:
            for mode in case.modes if case.at(VERIFIER) else ():
                await judge.judge_verifier(case, mode, memory_world())


async def _judge_requests(cases: Sequence[Case]) -> None:
    judge = importlib.import_module("tests.lambda_server.adversary.judge")
    with anyio.fail_after(LONGEST_SECONDS):
        for mode in ("jwt", "introspection"):
            async with judge.open_door(mode) as door:
                for case in cases:
                    for era in ERAS if case.at(APP) and mode in case.modes else ():
                        await judge.judge_app(case, door, era, memory_world())


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
