"""The mutator makes what it should, and a sample of mutants is noticed; `scripts/check mutants` runs all of them."""

import subprocess
import sys

import pytest

from tests.mutants import __main__ as command_line
from tests.mutants.__main__ import equivalents
from tests.mutants.mutate import mutants
from tests.mutants.page import mutants_of_rows, named_tests
from tests.mutants.run import CONTROL, all_mutants
from tests.mutants.suite import ROOT
from tests.requirements import requirement

SAMPLE = (  # the last one stands in two rows of docs/security.md
    "auth/claims.py check_claims: without `check_audience(claims, settings.url)`",
    "auth/header.py read_kid: never `header.get('alg') != ALGORITHM`",
    "auth/verifier.py JwtVerifier.verify: without `check_signature(parts, key)`",
)
CODE = """
LONGEST_NAME = 3
WORDS = frozenset({"a", "b"}) | {"c"}
TABLE = {"x": (1, 2)}
other = ("y",)
def check(a, b):
    if a != b or not a:
        raise ValueError
    return True
def cut(text):
    return [word for word in text[:3] if word]
"""


def test_the_mutator_takes_each_check_away_in_each_way() -> None:
    """Conditions, comparisons, operands, negations, booleans, ends, and what is data: limits and collections (ours)."""
    names = [mutant.name for mutant in mutants("x.py", CODE)]

    assert names == [
        "x.py module: LONGEST_NAME + 1",
        "x.py module: LONGEST_NAME - 1",
        "x.py module: WORDS without 'a'",
        "x.py module: WORDS without 'b'",
        "x.py module: WORDS without 'c'",
        "x.py module: TABLE without 'x'",
        "x.py check: never `a != b or not a`",
        "x.py check: `a != b or not a` without `a != b`",
        "x.py check: `a != b or not a` without `not a`",
        "x.py check: `a != b` with Eq",
        "x.py check: without not: `not a`",
        "x.py check: True is False",
        "x.py cut: without the condition `word`",
        "x.py cut: without the end of `text[:3]`",
    ]


@requirement("server:mutants")
def test_a_sample_of_mutants_is_noticed_and_what_is_not_changed_is_not() -> None:
    """Issue 5, must show: for each check in the verifier, removing it makes at least one case fail."""
    command = [sys.executable, "-m", "tests.mutants", *SAMPLE]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=240)

    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith(f"{len(SAMPLE) + 1} mutants, ") and "survivors: none" in done.stdout


@pytest.mark.parametrize(
    "left,code,said",
    [([CONTROL.name], 0, "none"), ([CONTROL.name, "x"], 1, "survivor: x"), ([], 1, "mend the tests first")],
)
def test_a_survivor_fails_the_check_and_so_do_tests_that_fail_anyway(
    left: list[str], code: int, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A gate that cannot fail proves nothing (ours)."""
    monkeypatch.setattr(command_line, "survivors", lambda chosen: iter(left))

    assert command_line.main([]) == code
    assert said in capsys.readouterr().out


def test_names_are_unique_and_each_justification_is_about_a_mutant() -> None:
    """An equivalent mutant is named with its reason; one that is gone takes its justification along (ours)."""
    names = [mutant.name for mutant in all_mutants()]

    assert len(names) == len(set(names)) > 200
    assert equivalents().keys() <= set(names)
    assert all(len(reason) > 20 for reason in equivalents().values())


@requirement("server:security-page")
def test_each_row_of_the_page_has_mutants_that_its_tests_must_notice() -> None:
    """docs/security.md, last column: `scripts/check mutants` asks no other test about them."""
    rows, tests = mutants_of_rows(), named_tests()

    assert rows.keys() == tests.keys()
    assert all(rows.values())
    assert all(mutant.tests for mutant in all_mutants() if "(row: " in mutant.name)
