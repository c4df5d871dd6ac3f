"""
Access-log lines in the stage's own format.

Source: API Gateway, Customizing HTTP API access logs ($context variables).
"""

import re
from collections.abc import Mapping
from pathlib import Path

_VARIABLE = re.compile(r"\$context\.([A-Za-z0-9_.]+)")


class AccessLog:
    """`.local/logs/access-NAME.log` of one API."""

    def __init__(self, folder: Path, api_name: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / f"access-{api_name}.log"

    def write(self, line_format: str, facts: Mapping[str, str]) -> None:
        """Append one line; a variable without a value is `-`, as on AWS."""
        line = _VARIABLE.sub(lambda found: facts.get(found.group(1)) or "-", line_format)
        with self.path.open("a", encoding="utf-8") as file:
            file.write(line + "\n")
