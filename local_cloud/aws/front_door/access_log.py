"""
Access-log lines in the stage's own format.

Source: API Gateway, Customizing HTTP API access logs ($context variables).
"""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from local_cloud.aws.account import ACCOUNT
from local_cloud.aws.front_door.answers import Answer
from local_cloud.aws.front_door.events import Visit

_VARIABLE = re.compile(r"\$context\.([A-Za-z0-9_.]+)")
_UNSAFE = re.compile(r"[^\w.-]+")


class AccessLog:
    """`.local/logs/access-NAME.log` of one API."""

    def __init__(self, folder: Path, api_name: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / f"access-{_UNSAFE.sub('_', api_name)}.log"

    def write(self, line_format: str, facts: Mapping[str, str]) -> None:
        """Append one line; a variable without a value is `-`, and none can break out of a JSON line."""
        line = _VARIABLE.sub(lambda found: _escaped(facts.get(found[1].rstrip("."))) or "-", line_format)
        with self.path.open("a", encoding="utf-8") as file:
            file.write(line + "\n")


def _escaped(value: str | None) -> str:
    return json.dumps(value)[1:-1] if value else ""


def facts_of(visit: Visit, answer: Answer) -> dict[str, str]:
    """The variables that every request has."""
    now = datetime.now(UTC)
    return {
        "accountId": ACCOUNT,
        "apiId": visit.api_id,
        "domainName": visit.domain,
        "domainPrefix": visit.api_id,
        "extendedRequestId": visit.request_id,
        "httpMethod": visit.method,
        "identity.sourceIp": visit.source_ip,
        "identity.userAgent": visit.header("user-agent"),
        "path": visit.decoded_path,
        "protocol": visit.protocol,
        "requestId": visit.request_id,
        "requestTime": now.strftime("%d/%b/%Y:%H:%M:%S +0000"),
        "requestTimeEpoch": str(int(now.timestamp() * 1000)),
        "responseLength": str(len(answer.body)),
        "stage": "$default",
        "status": str(answer.status),
    }
