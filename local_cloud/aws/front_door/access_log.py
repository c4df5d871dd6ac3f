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
from local_cloud.aws.cloudwatch import Delivery, LogStream
from local_cloud.aws.front_door.answers import Answer
from local_cloud.aws.front_door.events import Visit
from local_cloud.aws.log_file import LogFile

_VARIABLE = re.compile(r"\$context\.([A-Za-z0-9_.]+)")
_GROUP = re.compile(r"^arn:aws:logs:[^:]+:[^:]+:log-group:([^:]+)(?::\*)?$")
_UNSAFE = re.compile(r"[^\w.-]+")


class AccessLog:
    """The access log of one API: `.local/logs/access-NAME.log`, and a stream of the stage's log group."""

    def __init__(self, folder: Path, api_id: str, delivery: Delivery) -> None:
        self._folder = folder
        self._api_id = api_id
        self._delivery = delivery
        self._stream: LogStream | None = None

    def write(self, api_name: str, settings: Mapping[str, str], facts: Mapping[str, str]) -> None:
        """Log one line; a variable without a value is `-`, and none can break out of a JSON line."""
        line = _VARIABLE.sub(lambda found: _escaped(facts.get(found[1].rstrip("."))) or "-", settings["format"])
        file = LogFile(self._folder / f"access-{_UNSAFE.sub('_', api_name)}.log")
        file.write(line)
        group = _GROUP.match(settings.get("destinationArn") or "")
        if group:
            self._delivery.put(self._stream_of(group[1], file), line)

    def _stream_of(self, group: str, file: LogFile) -> LogStream:
        """The stream that this API writes to; its name is ours, AWS does not document any."""
        if self._stream is None or self._stream.group != group:
            self._stream = LogStream(group, f"{self._api_id}/$default", None, file.write)
        return self._stream


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
