"""One deployed stack for all journeys that only use it; a fresh checkout for those that break things."""

from collections.abc import Iterator

import pytest

from tests.journeys.checkout import Checkout, make_checkout


@pytest.fixture(scope="session")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkout]:
    """A checkout whose stack `local` is up."""
    checkout = make_checkout(tmp_path_factory.mktemp("deployed"))
    try:
        checkout.ok("up", "--yes", timeout=300)
        yield checkout
    finally:
        checkout.run("local", "down")


@pytest.fixture
def fresh(tmp_path: pytest.TempPathFactory) -> Iterator[Checkout]:
    """A checkout in which nothing has run yet; what it starts is stopped at the end."""
    checkout = make_checkout(tmp_path)
    try:
        yield checkout
    finally:
        checkout.run("local", "down")


@pytest.fixture
def signed_out(deployed: Checkout) -> Checkout:
    """The deployed stack with nobody signed in."""
    deployed.run("logout")
    return deployed
