"""
What an environment owns on both clouds, found by the marks on the objects and not by the engine's state.

Source: docs/facts/branch-environments.md: an interrupted `up` leaves objects that no state knows.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from environments.accounts import Clouds
from environments.errors import NotAllowed
from environments.ownership.aws import searches
from environments.ownership.okta import find_on_okta
from environments.ownership.owned import Owned, Owner

__all__ = ["Found", "Owned", "Owner", "delete", "find", "known_to_state", "outermost"]


@dataclass(frozen=True)
class Found:
    """What carries the marks, and what could not be looked at."""

    objects: list[Owned] = field(default_factory=list)
    unseen: list[str] = field(default_factory=list)


def find(owner: Owner, clouds: Clouds, groups: Iterable[str] = ()) -> Found:
    """
    Every object of the owner.

    Args:
        groups: names of Okta groups that it may have made; they are not called after it.

    Raises:
        Unreachable: a cloud does not answer; where one may not look is no error.
    """
    found, parts = Found(), {f"AWS {name}": search for name, search in searches(owner, clouds).items()}
    if clouds.okta_url and clouds.okta_token:
        parts["Okta"] = find_on_okta(owner, clouds, groups)
    else:
        found.unseen.append("Okta (no OKTA_API_TOKEN to look with)")
    for place, search in parts.items():
        try:
            found.objects.extend(search)
        except NotAllowed as error:
            found.unseen.append(f"{place} ({error.message})")
    return found


def known_to_state(deployment: Mapping[str, Any]) -> set[tuple[str, ...]]:
    """The objects that the engine's state holds, as keys that compare with `Owned.key`."""
    return {key for resource in deployment.get("resources", []) for key in _keys(resource)}


def outermost(objects: Iterable[Owned]) -> list[Owned]:
    """Those of the objects that do not go away with another one of them."""
    listed = list(objects)
    gone = {item.key for item in listed}
    return [item for item in listed if item.parent not in gone]


def delete(objects: Iterable[Owned], report: Callable[[str], None]) -> None:
    """
    Delete the objects and say so.

    Raises:
        Unreachable: a cloud refuses.
    """
    for item in objects:
        item.delete()
        report(f"deleted what an earlier run had left: {item}")


def _keys(resource: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    kind, identifier = resource.get("type", ""), resource.get("id", "")
    outputs = resource.get("outputs") or {}
    if not identifier:
        return
    yield (kind, identifier)
    for parent in ("apiId", "function"):
        if isinstance(outputs.get(parent), str):
            yield (kind, outputs[parent], identifier)
            yield (kind, outputs[parent], str(outputs.get("name") or outputs.get("statementId") or identifier))
