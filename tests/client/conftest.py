"""The world of a test."""

from collections.abc import AsyncIterator
from pathlib import Path

import anyio
import pytest

from tests.client.fake_world import World, running_world


@pytest.fixture
async def world(tmp_path: Path, anyio_backend: str) -> AsyncIterator[World]:
    """A running Okta and MCP server in this process, and nobody signed in."""
    with anyio.fail_after(20):
        async with running_world(tmp_path / "tokens") as running:
            yield running
