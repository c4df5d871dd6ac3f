"""The world that the table of endpoints speaks of."""

from pathlib import Path

import anyio
import pytest

from tests.local_cloud.okta.management.world import World
from tests.local_cloud.okta.org import OktaOrg


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Built once."""
    return anyio.run(World(tmp_path_factory.mktemp("okta") / "world.json").build)


@pytest.fixture(scope="session")
def untouched(world: World) -> OktaOrg:
    """A copy that no test changes: refused calls leave it as it is."""
    return world.copy(world.state_file.with_name("untouched.json"))


@pytest.fixture
def own(world: World, tmp_path: Path) -> OktaOrg:
    """A copy for one test."""
    return world.copy(tmp_path / "okta.json")


@pytest.fixture(scope="session")
def mangled(world: World) -> OktaOrg:
    """A copy for requests that nobody would send."""
    return world.copy(world.state_file.with_name("mangled.json"))
