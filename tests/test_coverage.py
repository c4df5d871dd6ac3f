"""local_cloud/COVERAGE.md: every line names tests, and the tests that it names exist."""

import re
from pathlib import Path

import pytest

from tests.requirements import requirement

ROOT = Path(__file__).parents[1]
COVERAGE = (ROOT / "local_cloud/COVERAGE.md").read_text()
TESTS = {path.relative_to(ROOT).as_posix(): path.read_text() for path in (ROOT / "tests").rglob("test_*.py")}
FUNCTIONS = [name for text in TESTS.values() for name in re.findall(r"def (test_\w+)", text)]
NAMED = sorted(set(re.findall(r"`((?:[\w/]+/)?test_[\w./]*…?)`", COVERAGE)))
ROWS = [line for line in COVERAGE.splitlines() if line.startswith("| ") and not line.startswith("| part")]


@requirement("shape:coverage")
@pytest.mark.parametrize("name", NAMED)
def test_each_test_that_the_coverage_names_exists(name: str) -> None:
    """A file by its path, a test by its name or the beginning of it (issue 4)."""
    if name.endswith(".py"):
        assert any(path.endswith(f"/{name}") or path == name for path in TESTS)
    else:
        start = name.rstrip("…")
        assert any(found.startswith(start) if name.endswith("…") else found == start for found in FUNCTIONS)


@requirement("shape:coverage")
@pytest.mark.parametrize("row", ROWS, ids=[row.split("|")[1].strip() for row in ROWS])
def test_each_line_of_the_coverage_names_a_test(row: str) -> None:
    """Emulated, simplified or refused: somebody can look how it is known (issue 4)."""
    assert re.search(r"`[\w/]*test_", row), row.split("|")[1]
