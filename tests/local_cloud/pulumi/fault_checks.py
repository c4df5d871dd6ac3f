"""
What a plugin must hold whatever fault a request meets: what exists is in the state, or named.

Source: issue 4, Plugins and engine: never lost, never made twice.
"""

from typing import Any

from tests.local_cloud.pulumi.cases import Case, Made, make
from tests.local_cloud.pulumi.faults import Kind
from tests.local_cloud.pulumi.wire import Aborted, Wire, plain
from tests.local_cloud.pulumi.worlds import OKTA_TOKEN, World

LONGEST_WAITS_SECONDS = 300.0
# What passes by itself, or was done in truth: the person notices nothing.
PASSES = (Kind.CONFLICT, Kind.LIMITED, Kind.FAILED, Kind.FAILED_AFTER, Kind.DROPPED, Kind.LOST, Kind.SLOW)


def ids(case: Case, world: World) -> set[str]:
    """All objects of the type."""
    return set(case.listing(world.clean, world.above))


def outcome(world: World, act: Any) -> tuple[Any, Aborted | None]:
    """What the plugin answered, and why not; it waited a bounded time and told no secret."""
    world.waits.clear()
    try:
        answer, failure = act(), None
    except Aborted as error:
        answer, failure = None, error
    world.faults.arm(None)
    assert sum(world.waits) < LONGEST_WAITS_SECONDS
    assert OKTA_TOKEN not in str(failure)
    assert "the stand-in plugin failed" not in str(failure)
    return answer, failure


def wires(world: World) -> tuple[Wire, Wire]:
    """The plugin through the seam, and past it."""
    return tuple(Wire(world.plugin, lambda settings, client=client: client) for client in (world.client, world.clean))  # type: ignore[return-value]


def requests_of(world: World, act: Any) -> int:
    """How many requests it takes without faults."""
    world.faults.arm(None)
    act()
    return len(world.faults.asked)


def check_creation(case: Case, kind: Kind, world: World) -> None:
    """New in the cloud is what the engine has the id of; else the message says what may exist and what to type."""
    wire, clean = wires(world)
    inputs, _ = wire.check(case.token, case.inputs(world))
    made: list[Any] = []
    count = requests_of(world, lambda given=inputs: made.append(wire.create(case.token, given)))
    for number in range(count):
        clean.delete(case.token, made[0].id, plain(made.pop().properties))
        inputs, _ = wire.check(case.token, case.inputs(world))
        before = ids(case, world)

        world.faults.arm(kind, number)
        answer, failure = outcome(world, lambda given=inputs: wire.create(case.token, given))

        new = ids(case, world) - before
        told = answer or failure.detail
        where = f"request {number}: {failure}"
        if told:
            assert new == {case.listed(told.id, inputs)}, where
            state = Made(told.id, inputs, plain(told.properties))
            assert all(state.state.get(name) for name in case.told), where
            found = clean.update(case.token, told.id, state.state, inputs) if failure else told
            assert list(clean.diff(case.token, plain(found.properties), inputs, inputs).diffs) == [], where
            made.append(found if not failure else _as_created(told.id, found))
        else:
            assert new == set() or ("may exist all the same" in str(failure) and "import_=" in str(failure)), where
            if new:
                whole = min(new) if case.listed_in_full else case.import_id(min(new), inputs)
                imported = clean.read(case.token, whole, {}, {})
                clean.delete(case.token, imported.id, plain(imported.properties))
            made.append(clean.create(case.token, inputs))
        assert failure is None or kind not in PASSES, where
    clean.delete(case.token, made[0].id, plain(made[0].properties))


class _as_created:
    def __init__(self, identifier: str, answer: Any) -> None:
        self.id, self.properties = identifier, answer.properties


def check_update(case: Case, kind: Kind, world: World) -> None:
    """A failed one tells how far it came, and the next one finishes it; no other object appears."""
    assert case.change
    wire, clean = wires(world)
    made = make(clean, case, world)
    new, _ = wire.check(case.token, {**made.inputs, **case.change(world)})
    count = requests_of(world, lambda: wire.update(case.token, made.identifier, made.state, new))
    for number in range(count):
        made = make(clean, case, world)
        before = ids(case, world)
        new, _ = wire.check(case.token, {**made.inputs, **case.change(world)})

        world.faults.arm(kind, number)
        answer, failure = outcome(
            world, lambda made=made, new=new: wire.update(case.token, made.identifier, made.state, new)
        )

        where = f"request {number}: {failure}"
        assert failure is None or kind not in PASSES, where
        state = plain(answer.properties) if answer else made.state
        if failure and failure.detail:
            state = plain(failure.detail.properties)
            assert failure.detail.id == made.identifier
        held = new if answer or failure.detail else made.inputs
        found = clean.read(case.token, made.identifier, state, held)
        if answer or failure.detail:
            assert _comparable(plain(found.properties)) == _comparable(state), where
        if case.renamed and not found.id:  # it has its new name already, and the engine was told nothing: it creates
            done = plain(clean.create(case.token, new).properties)
        else:
            done = plain(clean.update(case.token, made.identifier, plain(found.properties), new).properties)
        assert list(clean.diff(case.token, done, new, new).diffs) == [], where
        assert case.renamed or ids(case, world) == before, where
        clean.delete(case.token, made.identifier, done)


def _comparable(state: dict[str, Any]) -> dict[str, Any]:
    """Without the time of the last change."""
    return {name: value for name, value in state.items() if name != "lastModified"}


def check_deletion(case: Case, kind: Kind, world: World) -> None:
    """Done means gone; what failed is still there for the engine, and a second deletion ends it."""
    wire, clean = wires(world)
    made = make(clean, case, world)
    count = requests_of(world, lambda: wire.delete(case.token, made.identifier, made.state))
    for number in range(count):
        made = make(clean, case, world)
        world.faults.arm(kind, number)
        _, failure = outcome(world, lambda made=made: wire.delete(case.token, made.identifier, made.state))

        where = f"request {number}: {failure}"
        assert failure is None or kind not in PASSES, where
        if failure is None:
            assert clean.read(case.token, made.identifier, made.state, made.inputs).id == "", where
        clean.delete(case.token, made.identifier, made.state)
        assert clean.read(case.token, made.identifier, made.state, made.inputs).id == "", where
