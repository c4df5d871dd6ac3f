"""docs/security.md says where each check is and which test proves it; this holds it to that."""

import ast
import re
from pathlib import Path

from lambda_server.auth.reasons import Reason
from tests.requirements import requirement

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs/security.md").read_text()
QUOTED = re.compile(r"`([^`]+)`")
THREATS = (
    "Confused deputy", "Token passthrough", "Audience mix-up", "DNS rebinding", "Code interception",
    "Session fixation", "Malicious redirect URIs", "Stolen refresh token", "Log leakage", "SSRF", "Algorithm confusion",
    "Denial by unknown keys",
)  # fmt: skip


def functions_of(path: Path) -> set[str]:
    """The names of the functions in a file."""
    kinds = ast.FunctionDef | ast.AsyncFunctionDef
    return {node.name for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, kinds)}


@requirement("server:security-page")
def test_each_file_and_each_test_that_the_page_names_exists() -> None:
    """Issue 5 §8: a table check → specification section → file → test."""
    paths = [word for word in QUOTED.findall(PAGE) if re.fullmatch(r"[\w./-]+\.py(::\w+)?", word)]
    for word in paths:
        file, _, name = word.partition("::")
        assert (ROOT / file).is_file(), word
        assert not name or name in functions_of(ROOT / file), word

    assert sum("::" in word for word in paths) >= 20


@requirement("server:security-page")
def test_each_row_names_a_specification_a_file_and_a_test() -> None:
    """Issue 5 §8; a row without one of them proves nothing."""
    rows = [line for line in PAGE.splitlines() if line.startswith("| ")][1:]
    assert len(rows) >= 20
    for row in rows:
        _, check, source, file, _, test, _ = row.split("|")
        assert check.strip() and source.strip() and ".py" in file and "::test_" in test, row


@requirement("server:security-page")
def test_each_reason_of_the_log_is_on_the_page() -> None:
    """An operator who finds a code in the log finds the check here."""
    assert set(Reason) <= set(QUOTED.findall(PAGE))


@requirement("server:security-page")
def test_each_threat_says_what_is_done_and_what_is_left() -> None:
    """Issue 5 §8: each with what is done and what is left to the operator."""
    threats = {part.partition("\n")[0]: part for part in PAGE.split("\n### ")[1:]}
    for threat in THREATS:
        [text] = [part for title, part in threats.items() if title.startswith(threat)]
        assert "\nHere: " in text and "\nLeft to you: " in text and ".py`" in text, threat
