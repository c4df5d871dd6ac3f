"""docs/operations.md explains whatever the audit line can hold."""

import json
import re
from pathlib import Path

import pytest

from lambda_server import audit
from lambda_server.auth import errors
from lambda_server.auth.reasons import Reason
from lambda_server.log import JsonLines
from lambda_server.metrics import COUNTS, Measured, embed
from tests.requirements import requirement

PAGE = (Path(__file__).resolve().parents[2] / "docs/operations.md").read_text()
QUOTED = set(re.findall(r"`([^`\n]+)`", PAGE))


@requirement("server:operations-page")
def test_each_reason_has_a_row_that_says_what_to_do() -> None:
    """An operator who finds a code finds here what it means, and what to do (issue 5, item 6)."""
    section = PAGE.partition("## Reasons")[2].partition("\n## ")[0]
    rows = [line.split("|") for line in section.splitlines() if line.startswith("| `")]
    explained = {code for _, codes, *_ in rows for code in re.findall(r"`(\w+)`", codes)}

    assert explained == {*Reason, audit.NOTES_UNAVAILABLE}
    assert all(meaning.strip() and remedy.strip() for _, _, meaning, remedy, _ in rows)


@requirement("server:operations-page")
def test_each_outcome_is_explained() -> None:
    """What the gate, the guard and the handler can say."""
    said = {audit.OK, audit.TOOL_ERROR, audit.FAILED, audit.UNANSWERED, audit.TOO_LATE, *audit.REFUSALS}
    said |= {audit.NOTIFICATION, audit.BAD_REQUEST, errors.CheckUnavailable.code, errors.RefusedToken.code}
    said |= {kind.code for kind in errors.RefusedToken.__subclasses__()}

    assert said <= QUOTED


@requirement("server:operations-page")
def test_each_field_and_each_metric_is_explained(caplog: pytest.LogCaptureFixture) -> None:
    """The fullest line that there can be."""
    call = audit.Audit("dev").open({})
    call.uid = call.subject = call.client_id = call.method = call.name = call.reason = "x"
    call.scopes, call.wanted = ("mcp:read",), ("mcp:write",)
    call.close(401)
    line = json.loads(JsonLines().format(caplog.records[0]))
    metrics = embed(Measured(None, True, True, "x", 1.0, True), "dev", 1.0)

    assert set(line) - set(metrics) - {"level", "logger", "message"} <= QUOTED
    assert {*COUNTS, "LatencyMs", "Environment", "Tool", "Reason"} <= QUOTED
    assert set(metrics) - {"_aws"} <= QUOTED


def test_the_three_queries_are_on_the_page() -> None:
    """Issue 5, item 6: who called what, refusals by reason, slowest tools; each on fields that there are."""
    queries = re.findall(r"```\n(.*?)```", PAGE, re.DOTALL)

    assert len(queries) == 3
    assert all(query.startswith('filter message = "call"') for query in queries)


def test_a_line_is_written_once(caplog: pytest.LogCaptureFixture) -> None:
    """The deadline and the gate both close a call; the first one counts (lambda_server/gateway.py)."""
    call = audit.Audit("dev").open({})
    call.outcome = audit.TOO_LATE
    call.close(504)
    call.close(500)

    assert [record.fields["status"] for record in caplog.records] == [504]
