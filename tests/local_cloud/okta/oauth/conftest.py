"""The org that the tests of the OAuth endpoints start from."""

import pytest

from tests.local_cloud.okta.oauth.world import World


@pytest.fixture
async def world(anyio_backend: str) -> World:
    """An org with an app of every kind."""
    return await World().build()
