"""Fault runs through the real engine: clouds that fail, and what the sample holds. See also test_faults.py."""

from collections.abc import Iterator

import pytest

from tests.journeys.faults.fault import CALL_KINDS, KINDS
from tests.journeys.faults.ground import Ground, ground
from tests.journeys.faults.listing import in_state, keys_of
from tests.journeys.faults.rounds import Round, play
from tests.journeys.faults.sample import CHAINS, struck
from tests.journeys.test_faults import NAMES as ELSEWHERE
from tests.requirements import requirement

NAMES = tuple(name for name in CHAINS if name not in ELSEWHERE)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    """One local cloud for all rounds: each leaves it as it was."""
    with ground(tmp_path_factory.mktemp("faults")) as made:
        yield made


@requirement("journeys:fault-runs")
@pytest.mark.parametrize("name", NAMES)
def test_after_faults_the_next_command_brings_state_and_clouds_together(site: Ground, name: str) -> None:
    """Each command ends, says what failed and what to type; the next one mends it (issue 4, must show)."""
    play(Round(CHAINS[name]), site)


@requirement("journeys:fault-runs")
def test_the_sample_has_each_kind_of_fault_and_each_type_of_resource(site: Ground) -> None:
    """In `up` and in `down`, so that a new type is not forgotten (issue 4, must show)."""
    site.checkout.ok("up")
    types = {key[0] for key in keys_of(in_state(site.root))}
    site.checkout.ok("down")

    for command in ("up", "down"):
        faults = struck(command)
        assert {fault.step.split(" ")[1] for fault in faults} == types
        assert {fault.kind for fault in faults} >= CALL_KINDS.keys()
    assert {fault.kind for fault in [*struck("up"), *struck("down")]} == KINDS.keys()
