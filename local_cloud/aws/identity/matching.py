"""
Wildcards of policies.

Source: IAM, policy elements Action and Resource; condition operators StringLike and ArnLike.
"""

import re
from functools import lru_cache

_WILD = {"*": ".*", "?": "."}


@lru_cache(maxsize=1024)
def _expression(pattern: str) -> re.Pattern[str]:
    return re.compile("".join(_WILD.get(letter) or re.escape(letter) for letter in pattern), re.DOTALL)


def is_like(value: str, pattern: str) -> bool:
    """Whether the value has the form of the pattern: a star is anything, a question mark one character."""
    return _expression(pattern).fullmatch(value) is not None


def is_arn_like(value: str, pattern: str) -> bool:
    """Each of the six parts of an ARN is compared by itself: a star does not reach over a colon."""
    wanted, given = pattern.split(":", 5), value.split(":", 5)
    return len(wanted) == 6 and len(given) == 6 and all(map(is_like, given, wanted))


def is_resource(value: str, pattern: str) -> bool:
    """Whether a Resource element names this resource."""
    return pattern == "*" or is_arn_like(value, pattern)
