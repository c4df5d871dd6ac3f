"""docs/security.md, held to its last column: each row's checks are taken away before that row's tests alone."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from tests.mutants.mutate import Mutant, mutants
from tests.mutants.suite import ROOT

PAGE = ROOT / "docs/security.md"
ROWS = Path(__file__).with_name("rows.json")  # of each check of the page: the mutants that its tests must notice
JOURNEYS = "tests/journeys/"  # they take minutes, so a row that names one names another test beside it


def named_tests() -> dict[str, tuple[str, ...]]:
    """Of each check of the page, the tests that it names."""
    rows = [line.split("|") for line in PAGE.read_text().splitlines() if line.startswith("| ") and "::test_" in line]
    return {row[1].strip(): tuple(re.findall(r"`(\S+::\w+)`", row[-2])) for row in rows}


def mutants_of_rows() -> Mapping[str, list[str]]:
    """Of each check of the page, the names of its mutants."""
    rows: dict[str, list[str]] = json.loads(ROWS.read_text())
    return rows


def row_mutants(package: Path) -> Iterator[Mutant]:
    """
    The mutants of the rows, each with the tests of its row.

    Raises:
        KeyError: the page has no such check, or nothing has a mutant of that name.
    """
    rows, tests, known = mutants_of_rows(), named_tests(), dict[str, Mutant]()
    for path in sorted({name.partition(" ")[0] for names in rows.values() for name in names}):
        known |= {mutant.name: mutant for mutant in mutants(path, (package / path).read_text())}
    for check, names in rows.items():
        quick = tuple(test for test in tests[check] if not test.startswith(JOURNEYS))
        for name in names:
            yield replace(known[name], name=f"{name} (row: {check})", tests=quick)
