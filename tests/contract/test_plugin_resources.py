"""Every resource type of both plugins, over gRPC, against the local Okta and moto: one contract for all."""

from collections.abc import Iterator
from typing import Any

import pytest

from local_cloud.pulumi.providers import aws, okta
from local_cloud.pulumi.providers.schema import failures
from local_cloud.pulumi.providers.values import UNKNOWN
from tests.contract.plugin_process import ServedWire, served
from tests.local_cloud.pulumi import cases_aws, cases_okta
from tests.local_cloud.pulumi.cases import Case, Made, make
from tests.local_cloud.pulumi.wire import Aborted, plain, secret_names
from tests.local_cloud.pulumi.worlds import World, aws_world, okta_world
from tests.requirements import requirement

CASES = (*cases_okta.CASES, *cases_aws.CASES)
each_type = pytest.mark.parametrize("case", CASES, ids=[case.token for case in CASES])
Both = dict[str, tuple[World, ServedWire]]


@pytest.fixture(scope="module")
def both() -> Iterator[Both]:
    """The two clouds, each with its plugin served."""
    worlds = {"okta": okta_world(), "aws": aws_world()}
    cases_okta.populate(worlds["okta"])
    cases_aws.populate(worlds["aws"])
    with served(worlds["okta"]) as first, served(worlds["aws"]) as second:
        yield {"okta": (worlds["okta"], first), "aws": (worlds["aws"], second)}


@pytest.fixture
def world(both: Both, case: Case) -> World:
    """The cloud of the type."""
    return both[case.token.split(":")[0]][0]


@pytest.fixture
def wire(both: Both, case: Case) -> ServedWire:
    """The plugin of the type."""
    return both[case.token.split(":")[0]][1]


def ids(case: Case, world: World) -> set[str]:
    """All objects of the type."""
    return set(case.listing(world.clean, world.above))


def refreshed(wire: ServedWire, case: Case, made: Made) -> Made:
    """The object after a refresh."""
    found = wire.read(case.token, made.identifier, made.state, made.inputs)
    return Made(found.id, plain(found.inputs), plain(found.properties))


def changes(wire: ServedWire, case: Case, made: Made, new: dict[str, Any]) -> set[str]:
    """The properties that an update would change."""
    return set(wire.diff(case.token, made.state, made.inputs, new).diffs)


@requirement("pulumi:contract")
def test_no_type_is_left_out() -> None:
    """Every type that a plugin has is in the contract, once (issue 4)."""
    tokens = [case.token for case in CASES]

    assert sorted(tokens) == sorted({**okta.PLUGIN.resources, **aws.PLUGIN.resources})


@requirement("pulumi:contract")
@each_type
def test_what_is_wrong_is_named(case: Case, world: World, wire: ServedWire) -> None:
    """An unknown property, a wrong type, each property that is missing (CheckResponse.failures)."""
    given = case.inputs(world)
    schema = world.plugin.resources[case.token].schema
    _, faults = wire.check(case.token, {**given, "colour": "red", **case.wrong})
    _, missing = wire.check(case.token, {})

    assert sorted(path.split("[")[0].split(".")[0] for path in faults) == sorted({"colour", *case.wrong})
    assert "colour" in faults["colour"]
    required = {name for name, spec in schema.items() if spec.required and spec.default is None}
    assert set(missing) == required == {name for name, _ in failures(schema, {}) if schema[name].default is None}


@requirement("pulumi:preview")
@each_type
def test_a_preview_takes_unknowns_and_sends_nothing(case: Case, world: World, wire: ServedWire) -> None:
    """What nobody knows yet passes, and outputs are unknown (CreateRequest.preview)."""
    inputs, _ = wire.check(case.token, case.inputs(world))
    unsure = {name: UNKNOWN if isinstance(value, str) else value for name, value in inputs.items()}
    world.faults.arm(None)

    checked, faults = wire.check(case.token, unsure)
    answer = wire.create(case.token, checked, preview=True)

    assert faults == {}
    assert answer.id == ""
    expected = plain(answer.properties)
    outputs = {name for name, spec in world.plugin.resources[case.token].schema.items() if spec.output}
    assert {name for name in outputs if expected[name] == UNKNOWN} == outputs
    assert world.faults.asked == []


@requirement("pulumi:contract")
@each_type
def test_a_new_object_is_what_a_refresh_finds(case: Case, world: World, wire: ServedWire) -> None:
    """State after create equals state after read, secrets are marked, nothing is left to change (issue 4)."""
    before = ids(case, world)
    inputs, _ = wire.check(case.token, case.inputs(world))
    answer = wire.create(case.token, inputs)
    made = Made(answer.id, inputs, plain(answer.properties))

    found = wire.read(case.token, made.identifier, made.state, inputs)

    assert ids(case, world) - before == {case.listed(made.identifier, made.inputs)}
    assert all(made.state[name] for name in case.told)
    assert found.id == made.identifier
    assert plain(found.properties) == made.state
    assert plain(found.inputs) == inputs
    assert changes(wire, case, made, inputs) == set()
    assert secret_names(answer.properties) == secret_names(found.properties) == case.secrets


@requirement("pulumi:refresh")
@each_type
def test_drift_is_found_and_mended(case: Case, world: World, wire: ServedWire) -> None:
    """Somebody else's change shows in a refresh, and the next update takes it back (issue 3, must show)."""
    made = make(wire, case, world)
    names = set(case.drift(world.clean, made.identifier, made.state))
    after = refreshed(wire, case, made)
    if not names:
        assert after.identifier == ""
        return

    assert changes(wire, case, after, made.inputs) == names
    mended = plain(wire.update(case.token, made.identifier, after.state, made.inputs).properties)
    assert {name: mended[name] for name in names} == {name: made.state[name] for name in names}


in_place = pytest.mark.parametrize("case", [one for one in CASES if one.change], ids=lambda case: case.token)


@requirement("pulumi:contract")
@in_place
def test_an_update_in_place_brings_what_was_changed(case: Case, world: World, wire: ServedWire) -> None:
    """The same object, with the change and without any other (DiffResponse, UpdateResponse)."""
    made = make(wire, case, world)
    before = ids(case, world)
    assert case.change
    change = case.change(world)
    new, faults = wire.check(case.token, {**made.inputs, **change})
    diff = wire.diff(case.token, made.state, made.inputs, new)
    state = plain(wire.update(case.token, made.identifier, made.state, new).properties)

    assert faults == {}
    assert (set(diff.diffs), list(diff.replaces)) == ({n for n in change if new[n] != made.inputs.get(n)}, [])
    after = Made(made.identifier, new, state)
    assert changes(wire, case, after, new) == set()
    assert refreshed(wire, case, after).state == state
    assert (ids(case, world) == before) is not case.renamed


@requirement("pulumi:diff")
@each_type
def test_what_is_immutable_replaces(case: Case, world: World, wire: ServedWire) -> None:
    """As the real plugin's schema has it; other types replace at nothing (willReplaceOnChanges)."""
    made = make(wire, case, world)
    new = {**made.inputs, **case.replace}
    schema = world.plugin.resources[case.token].schema
    replacing = {name for name, spec in schema.items() if spec.replace and spec.settable}

    diff = wire.diff(case.token, made.state, made.inputs, new)

    assert set(diff.replaces) == set(case.replace)
    assert bool(case.replace) == bool(
        {name for name in replacing if world.plugin.resources[case.token].schema[name].settable}
    )


@requirement("pulumi:import")
@each_type
def test_an_import_reads_everything_from_the_id(case: Case, world: World, wire: ServedWire) -> None:
    """By the id that the real plugin documents; afterwards the program changes nothing (Pulumi, import)."""
    made = make(wire, case, world)

    found = wire.read(case.token, case.import_id(made.identifier, made.inputs), {}, {})

    state = plain(found.properties)
    assert found.id == made.identifier
    assert {n: v for n, v in state.items() if n not in case.cannot_import} == {
        n: v for n, v in made.state.items() if n not in case.cannot_import
    }
    inputs = plain(found.inputs)
    imported = Made(found.id, inputs, state)
    assert changes(wire, case, imported, made.inputs) <= case.cannot_import
    assert wire.check(case.token, {**made.inputs, **inputs})[1] == {}


@requirement("pulumi:import")
@each_type
def test_an_import_of_nothing_is_no_object(case: Case, world: World, wire: ServedWire) -> None:
    """A wrong id is an error with the form, or an empty answer, which the engine calls `does not exist`."""
    made = make(wire, case, world)
    wrong = case.import_id(f"{made.identifier}x", made.inputs)
    form = world.plugin.resources[case.token].import_form

    assert wire.read(case.token, wrong, {}, {}).id == ""
    if form not in ("id", "appId"):
        with pytest.raises(Aborted, match=f"has not the form {form}"):
            wire.read(case.token, "nothing", {}, {})


@requirement("pulumi:contract")
@each_type
def test_a_deleted_object_is_gone_and_deleted_again_without_a_word(case: Case, world: World, wire: ServedWire) -> None:
    """A refresh answers with an empty id (ReadResponse); the second deletion has nothing to do."""
    before = ids(case, world)
    made = make(wire, case, world)
    wire.delete(case.token, made.identifier, made.state)
    wire.delete(case.token, made.identifier, made.state)

    assert refreshed(wire, case, made).identifier == ""
    assert ids(case, world) - before == set()
