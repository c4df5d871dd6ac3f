"""
The limits of single members of a write: lengths, ranges, forms and choices.

Source: API references of Lambda, API Gateway v2, IAM and CloudWatch Logs; quotas of Lambda and of HTTP APIs.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_MOST_TAGS = 50
_RETENTION = (
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
)  # fmt: skip
_NAME = r"[\w+=,.@-]+"


@dataclass(frozen=True)
class Limit:
    """
    What one member has to be, where it is given.

    Args:
        member: its path, as on the wire.
        low: the least number, or the shortest text.
        high: the greatest number, or the longest text.
        pattern: of a text, or of a map's keys.
    """

    member: str
    low: int | None = None
    high: int | None = None
    pattern: str | None = None
    choices: tuple[int, ...] = ()


_CONFIGURATION = (
    Limit("Handler", 1, 128, r"[^\s]+"),
    Limit("Description", 0, 256),
    Limit("Timeout", 1, 900),
    Limit("MemorySize", 128, 10_240),
    Limit("Environment.Variables", pattern=r"[a-zA-Z]([a-zA-Z0-9_])+"),
)
_ROLE = (
    Limit("RoleName", 1, 64, _NAME),
    Limit("Description", 0, 1000),
    Limit("MaxSessionDuration", 3600, 43_200),
)
_API = (Limit("name", 1, 128), Limit("description", 0, 1024), Limit("version", 1, 64))
_STAGE = (Limit("description", 0, 1024), Limit("stageName", 1, 128))
_ROUTE = (Limit("operationName", 1, 64), Limit("target", 1, 128))
_INTEGRATION = (Limit("timeoutInMillis", 50, 30_000), Limit("description", 0, 1024))
LIMITS: Mapping[str, tuple[Limit, ...]] = {
    "CreateFunction": (Limit("FunctionName", 1, 64, r"[a-zA-Z0-9-_]+"), *_CONFIGURATION),
    "UpdateFunctionConfiguration": _CONFIGURATION,
    "AddPermission": (
        Limit("StatementId", 1, 100, r"([a-zA-Z0-9-_]+)"),
        Limit("Action", pattern=r"(lambda:[*]|lambda:[a-zA-Z]+|[*])"),
        Limit("Principal", 1, 2048, r"[^\s]+"),
    ),
    "PutFunctionConcurrency": (Limit("ReservedConcurrentExecutions", 0),),
    "CreateApi": _API,
    "UpdateApi": _API,
    "CreateStage": _STAGE,
    "UpdateStage": _STAGE,
    "CreateRoute": _ROUTE,
    "UpdateRoute": _ROUTE,
    "CreateIntegration": _INTEGRATION,
    "UpdateIntegration": _INTEGRATION,
    "CreateRole": _ROLE,
    "UpdateRole": _ROLE,
    "PutRolePolicy": (Limit("RoleName", 1, 64, _NAME), Limit("PolicyName", 1, 128, _NAME)),
    "CreateLogGroup": (Limit("logGroupName", 1, 512, r"[\.\-_/#A-Za-z0-9]+"),),
    "PutRetentionPolicy": (Limit("retentionInDays", choices=_RETENTION),),
}


def beyond_limits(operation: str, wanted: Mapping[str, Any]) -> str | None:
    """
    What is beyond its limit, in the words in which AWS says it; None when nothing is.

    Does not check: types, which come before.
    """
    found = (f"1 validation error detected: {text}" for text in _faults(operation, wanted))
    return next(found, None)


def _faults(operation: str, wanted: Mapping[str, Any]) -> Iterator[str]:
    for limit in LIMITS.get(operation, ()):
        value = _value(wanted, limit.member)
        lacking = None if value is None else _constraint(limit, value)
        if lacking:
            yield f"{_where(limit, value)} failed to satisfy constraint: {lacking}"
    yield from _tag_faults(wanted.get("Tags") or wanted.get("tags") or {})


def _value(wanted: Any, member: str) -> Any:
    """The member's value; a function's name without the rest of its ARN, which is not limited."""
    for name in member.split("."):
        wanted = (wanted or {}).get(name)
    return wanted.rpartition("function:")[2] if member == "FunctionName" and wanted else wanted


def _where(limit: Limit, value: Any) -> str:
    """A map's values may be secret."""
    path = ".".join(f"{name[:1].lower()}{name[1:]}" for name in limit.member.split("."))
    return f"Value '{sorted(value) if isinstance(value, Mapping) else value}' at '{path}'"


def _constraint(limit: Limit, value: Any) -> str | None:
    if isinstance(value, Mapping):
        lacking = next((text for key in value if (text := _constraint(limit, key))), None)
        return f"Map keys must satisfy constraint: [{lacking}]" if lacking else None
    if limit.choices and value not in limit.choices:
        return f"Member must satisfy enum value set: [{', '.join(map(str, limit.choices))}]"
    measure, size = ("length", len(value)) if isinstance(value, str) else ("value", value)
    if limit.high is not None and size > limit.high:
        return f"Member must have {measure} less than or equal to {limit.high}"
    if limit.low is not None and size < limit.low:
        return f"Member must have {measure} greater than or equal to {limit.low}"
    if limit.pattern and not re.fullmatch(limit.pattern, value, re.ASCII):
        return f"Member must satisfy regular expression pattern: {limit.pattern}"
    return None


def _tag_faults(tags: Any) -> Iterator[str]:
    """Does not check: what an object has already. IAM's tags are a list, which moto checks."""
    if not isinstance(tags, Mapping):
        return
    if len(tags) > _MOST_TAGS:
        yield f"{len(tags)} tags at 'tags' failed to satisfy constraint: Member must have at most {_MOST_TAGS} tags"
    for key in tags:
        if not 1 <= len(key) <= 128 or len(tags[key] or "") > 256:
            yield f"the tag '{key}' at 'tags' must have a key of 1 to 128 characters and a value of at most 256"
        if key.lower().startswith("aws:"):
            yield f"the tag '{key}' at 'tags': keys that begin with aws: are reserved"
