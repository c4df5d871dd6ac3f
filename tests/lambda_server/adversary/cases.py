"""The table: every adversarial token and request, and the good ones beside them, read from tests/vectors/tokens."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[2] / "vectors/tokens"
LEVELS = VERIFIER, APP, LIVE = ("verifier", "app", "live")
MODES = JWT, INTROSPECTION = ("jwt", "introspection")
CALL = {"method": "tools/call", "params": {"name": "whoami", "arguments": {}}}


@dataclass(frozen=True)
class Case:
    """
    One token or request, and what must come of it.

    Args:
        name: says what differs from a good one.
        token: how it is forged; absent where no token is sent as such.
        send: how the request carries it; by default in one Authorization header.
        call: what is asked for; by default the tool that reads.
        okta: what Okta answers instead, where that is the point.
        reason: the code in the log; by level or by mode where it differs.
    """

    name: str
    source: str
    status: int
    reason: str | Mapping[str, str] | None = None
    outcome: str | Mapping[str, str] | None = None
    wire: str | None = None
    token: Mapping[str, Any] = field(default_factory=dict)
    send: Mapping[str, Any] | None = None
    call: Mapping[str, Any] = field(default_factory=lambda: CALL)
    okta: Mapping[str, Any] | None = None
    scope: str | None = None  # of the challenge
    levels: tuple[str, ...] = LEVELS
    modes: tuple[str, ...] = MODES
    file: str = ""

    def reason_at(self, level: str, mode: str) -> str | None:
        """The code that the log must hold."""
        if isinstance(self.reason, Mapping):
            return self.reason.get(level) or self.reason.get(mode)
        return self.reason

    def at(self, level: str) -> bool:
        """Whether it can happen there."""
        if level == VERIFIER and (self.send is not None or self.call is not CALL):
            return False
        return level in self.levels and not (level == LIVE and self.okta)


def load() -> tuple[Case, ...]:
    """All cases, with the defaults of their files; names are unique."""
    cases = [case for path in sorted(FOLDER.glob("*.json")) for case in _read(path)]
    names = [case.name for case in cases]
    assert len(names) == len(set(names)), sorted({name for name in names if names.count(name) > 1})
    return tuple(cases)


def _read(path: Path) -> list[Case]:
    document = json.loads(path.read_text())
    known = {one.name for one in fields(Case)}
    cases = []
    for given in document["cases"]:
        values = document.get("defaults", {}) | given
        assert values.keys() <= known, f"{path.name}: {values.keys() - known}"
        lists = {name: tuple(values[name]) for name in ("levels", "modes") if name in values}
        cases.append(Case(**(values | lists), file=path.name))
    return cases
