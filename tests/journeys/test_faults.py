"""Fault runs through the real engine, one failure after the other. See also test_faults_of_clouds.py."""

from collections.abc import Iterator

import pytest

from tests.journeys.faults.ground import Ground, ground
from tests.journeys.faults.rounds import Round, play
from tests.journeys.faults.sample import CHAINS
from tests.requirements import requirement

# The rest is in a file of its own, so that two processes can share the minutes.
NAMES = ("server", "function", "at once")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    """One local cloud for all rounds: each leaves it as it was."""
    with ground(tmp_path_factory.mktemp("faults")) as made:
        yield made


@requirement("journeys:fault-runs")
@pytest.mark.parametrize("name", NAMES)
def test_after_faults_the_next_command_brings_state_and_clouds_together(site: Ground, name: str) -> None:
    """Each command ends, says what failed and what to type; the next one mends it (issue 4, must show)."""
    play(Round(CHAINS[name], calls=name == "server"), site)
