"""The orgs that the tests of the local Okta start from."""

import pytest

from tests.local_cloud.okta.org import OktaOrg


@pytest.fixture
def bare() -> OktaOrg:
    """A new org."""
    return OktaOrg()


@pytest.fixture
async def org(anyio_backend: str) -> OktaOrg:
    """An org with everything that the product creates."""
    return await OktaOrg().deploy()
