"""What the contract of a resource type is tested with: one object of each type, and what may happen to it."""

import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from tests.local_cloud.pulumi.wire import Wire, plain
from tests.local_cloud.pulumi.worlds import Above, World

Properties = dict[str, Any]
_numbers = itertools.count(1)


def fresh(word: str) -> str:
    """A name that nothing has yet."""
    return f"{word}-{next(_numbers)}"


@dataclass(frozen=True)
class Case:
    """
    One resource type.

    Args:
        inputs: of a new object, under a fresh name.
        change: of an update in place; None where nothing can be.
        replace: of a change that needs another object.
        wrong: a value of the wrong type, by the property's name.
        drift: somebody else's change of the object in the cloud; the names of the properties, none if it is gone.
        listing: the ids of all objects of the type, past the plugin's own code for the type.
        import_id: as the real plugin's documentation has it.
        cannot_import: what the cloud does not say, or not in the program's own words.
        told: what the answer of a creation tells and no read does; it must be in the state all the same.
        listed_in_full: the listing has the ids of imports, since an identifier alone is not unique.
        renamed: an update gives the object another id.
    """

    token: str
    inputs: Callable[[World], Properties]
    change: Callable[[World], Properties] | None
    replace: Properties
    wrong: Properties
    drift: Callable[[Any, str, Properties], Iterable[str]]
    listing: Callable[[Any, Above], Iterable[str]]
    import_id: Callable[[str, Properties], str]
    cannot_import: frozenset[str] = frozenset()
    secrets: frozenset[str] = frozenset()
    told: frozenset[str] = frozenset()
    renamed: bool = False
    listed_in_full: bool = False

    def listed(self, identifier: str, inputs: Properties) -> str:
        """The object's name in the listing."""
        return self.import_id(identifier, inputs) if self.listed_in_full else identifier


@dataclass
class Made:
    """An object of a test."""

    identifier: str
    inputs: Properties
    state: Properties


def make(wire: Wire, case: Case, world: World) -> Made:
    """Check and create one object."""
    inputs, faults = wire.check(case.token, case.inputs(world))
    assert faults == {}
    answer = wire.create(case.token, inputs)
    return Made(answer.id, inputs, plain(answer.properties))


def on(world: World, token: str, inputs: Properties) -> Properties:
    """Make something that objects of tests stand on; its state, with its id."""
    wire = Wire(world.plugin, lambda settings: world.clean)
    checked, faults = wire.check(token, inputs)
    assert faults == {}
    answer = wire.create(token, checked)
    return {**plain(answer.properties), "id": answer.id}
