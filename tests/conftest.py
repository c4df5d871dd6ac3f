"""Fixtures shared by every folder of tests."""

import pytest


@pytest.fixture
def anyio_backend() -> str:
    """Run asynchronous tests on asyncio, the loop that the function and the local cloud use."""
    return "asyncio"
