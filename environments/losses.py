"""What an `up` would take away: from people and programs by its settings, and from everybody by its plan."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from environments.groups import ACCESS
from environments.name import PROJECT
from environments.progress import Progress, Step

SERVICES = f"{PROJECT}:services"
# What cannot be made again as it was, by the engine's words for its type.
PRECIOUS = {
    "aws Table": "with every note in it",
    "okta Server": "with every token and refresh token that it issued",
    "okta Group": "with the list of who is in it",
}


def lost_access(config: Mapping[str, Any], outputs: Mapping[str, Any]) -> list[str]:
    """
    Who is in the deployed stack and not, or with less, in the settings; what cannot be read the program refuses.

    Source: ours; `Pulumi.STACK.yaml` is one person's file unless it is shared, and the last one to deploy wins.
    """
    found = list(_lost("the group", outputs.get("access"), _setting(config.get(ACCESS))))
    services = config.get(SERVICES, "{}")
    return found + list(_lost("the service", outputs.get("services"), _setting(services)))


def _lost(what: str, deployed: Any, settings: Mapping[str, set[str]] | None) -> Iterator[str]:
    if settings is None:
        return
    for name, scopes in _scopes(deployed).items():
        less = scopes - settings.get(name, set())
        if less:
            yield f"{what} {name} would lose {'all of its access' if less == scopes else ' '.join(sorted(less))}"


def _setting(text: Any) -> dict[str, set[str]] | None:
    """The names and scopes of a setting; None where it cannot be read, or is not there."""
    try:
        found = json.loads(text) if isinstance(text, str) else text
    except ValueError:
        return None
    return _scopes(found) if isinstance(found, dict) else None


def _scopes(entries: Any) -> dict[str, set[str]]:
    """Name → scopes, of a list of them or an object that has one."""
    found: dict[str, set[str]] = {}
    for name, entry in entries.items() if isinstance(entries, dict) else ():
        scopes = entry.get("scopes") if isinstance(entry, dict) else entry
        found[name] = {str(scope) for scope in scopes} if isinstance(scopes, list) else set()
    return found


class Plan:
    """Listens to a preview, and keeps what would be deleted or replaced and cannot be made again."""

    def __init__(self) -> None:
        self.dangers: dict[str, str] = {}

    def __call__(self, progress: Progress) -> None:
        """Take one event."""
        if isinstance(progress, Step) and progress.kind in PRECIOUS:
            if "replace" in progress.operation:
                self._keep(progress, "replaced")
            elif progress.operation.startswith("delete"):
                self._keep(progress, "deleted")

    def _keep(self, step: Step, fate: str) -> None:
        self.dangers[step.urn] = f"{step.kind} {step.name} would be {fate}, {PRECIOUS[step.kind]}"
