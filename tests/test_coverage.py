"""local_cloud/COVERAGE.md: every cell names tests, and the tests that it names exist where its section says."""

import re
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.requirements import requirement

ROOT = Path(__file__).parents[1]
COVERAGE = (ROOT / "local_cloud/COVERAGE.md").read_text()
TESTS = {path.relative_to(ROOT).as_posix(): path.read_text() for path in (ROOT / "tests").rglob("test_*.py")}
NAME = re.compile(r"`((?:[\w/]+/)?test_[\w./]*…?)`")
FOLDER = re.compile(r"^Tests are in `([\w/]+)/`", re.MULTILINE)


class Named(NamedTuple):
    """A test as a cell names it, and the folder of the cell's section."""

    folder: str
    name: str


class Cell(NamedTuple):
    """What one line says in one column."""

    part: str
    column: str
    text: str


def sections() -> list[tuple[str, str]]:
    """Each section's folder of tests, and its text."""
    texts = re.split(r"^## ", COVERAGE, flags=re.MULTILINE)[1:]
    return [(found[1] if (found := FOLDER.search(text)) else "tests", text) for text in texts]


def cells() -> list[Cell]:
    """All cells that say something."""
    rows = [re.split(r"(?<!\\)\|", line)[1:-1] for line in COVERAGE.splitlines() if line.startswith("| ")]
    columns = ("emulated", "simplified", "refused")
    return [
        Cell(row[0].strip(), column, text)
        for row in rows
        if row[0].strip() != "part"
        for column, text in zip(columns, row[1:], strict=True)
        if text.strip()
    ]


def found(named: Named) -> list[str]:
    """The files, or the tests by their whole name, that this can mean: of its section's folder before others."""
    path, _, last = named.name.rpartition("/")
    if named.name.endswith(".py"):
        known = [file for file in TESTS if file == named.name or file.endswith(f"/{named.name}")]
    else:
        known = [f"{file}::{test}" for file in TESTS for test in re.findall(r"def (test_\w+)", TESTS[file])]
        start = last.rstrip("…")
        known = [item for item in known if _is(item.rpartition("::")[2], start, last.endswith("…")) and path in item]
    return [item for item in known if item.startswith(f"{named.folder}/")] or known


def _is(test: str, start: str, open_end: bool) -> bool:
    return test.startswith(start) if open_end else test == start


PROVED = [cell for cell in cells() if cell.column != "simplified"]
NAMES = sorted({Named(folder, name) for folder, text in sections() for name in NAME.findall(text)})


@requirement("shape:coverage")
@pytest.mark.parametrize("named", NAMES, ids=[item.name for item in NAMES])
def test_each_test_that_the_coverage_names_is_one_that_exists(named: Named) -> None:
    """A file by its path, a test by its name or the beginning of it: exactly one (issue 4)."""
    assert len(found(named)) == 1, found(named)


@requirement("shape:coverage")
@pytest.mark.parametrize("cell", PROVED, ids=[f"{cell.part}: {cell.column}" for cell in PROVED])
def test_what_is_emulated_or_refused_names_a_test(cell: Cell) -> None:
    """Somebody can look how it is known (issue 4); what is simplified can be a lack, which no test shows."""
    assert NAME.search(cell.text), cell.text


@requirement("shape:coverage")
@pytest.mark.parametrize("part", sorted({cell.part for cell in cells()}))
def test_each_line_of_the_coverage_names_a_test(part: str) -> None:
    """Whatever a line says, it names a test (issue 4)."""
    assert any(NAME.search(cell.text) for cell in cells() if cell.part == part)
