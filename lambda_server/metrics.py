"""
The metrics in an audit line, from which CloudWatch takes them: no call of AWS, no waiting.

Source: CloudWatch embedded metric format, specification.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

NAMESPACE = "mcp-okta"
OTHER = "other"  # for each tool that is not declared: a caller cannot make metrics
COUNTS = ("Calls", "Refusals", "Errors", "ColdStarts")


@dataclass(frozen=True)
class Measured:
    """What is counted of one request."""

    tool: str | None  # a declared one
    refused: bool
    failed: bool
    reason: str | None  # one of a fixed set, where it was refused or failed
    milliseconds: float
    cold: bool


def embed(measured: Measured, environment: str, now: float) -> dict[str, Any]:
    """
    The members of a log line that make it metrics.

    Args:
        now: seconds since 1970.
    """
    counts = {name: {"Name": name, "Unit": "Count"} for name in COUNTS}
    latency = {"Name": "LatencyMs", "Unit": "Milliseconds"}
    directives = [_directive([["Environment"], ["Environment", "Tool"]], [*counts.values(), latency])]
    members: dict[str, Any] = {
        "Environment": environment,
        "Tool": measured.tool or OTHER,
        "Calls": 1,
        "Refusals": int(measured.refused),
        "Errors": int(measured.failed),
        "ColdStarts": int(measured.cold),
        "LatencyMs": measured.milliseconds,
    }
    if measured.reason is not None:
        directives.append(_directive([["Environment", "Reason"]], [counts["Refusals"], counts["Errors"]]))
        members["Reason"] = measured.reason
    return {"_aws": {"Timestamp": int(now * 1000), "CloudWatchMetrics": directives}, **members}


def _directive(dimensions: Sequence[Sequence[str]], metrics: Sequence[dict[str, str]]) -> dict[str, Any]:
    return {"Namespace": NAMESPACE, "Dimensions": dimensions, "Metrics": metrics}
