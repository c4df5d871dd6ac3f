"""One deployed stack for all journeys that only use it; a fresh checkout for those that break things."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.adversary import Deployment
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


@pytest.fixture(scope="session")
def open_to_machines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """A stack with two services, whose keys are `nightly.pem` and `weekly.pem`, and with sign-in on devices."""
    checkout = make_checkout(tmp_path_factory.mktemp("machines"))
    try:
        configure(checkout, [make_service(checkout, name) for name in ("nightly", "weekly")])
        checkout.ok("up", "--yes", timeout=300)
        yield Deployment(checkout, checkout.outputs(), checkout.status()["aws_endpoint_url"])
    finally:
        checkout.run("local", "down")


def make_service(checkout: Checkout, name: str) -> dict[str, object]:
    """Make a key as a person does; what they are told to put into `services`."""
    return dict(checkout.ok("service-key", name, "--json").json["services"])


def configure(checkout: Checkout, services: list[dict[str, object]]) -> None:
    """Write the stack's configuration: these services, and sign-in on devices."""
    text = json.dumps({name: entry for service in services for name, entry in service.items()})
    path = checkout.root / "Pulumi.local.yaml"
    kept = [line for line in lines_of(path) if "mcp-okta:services" not in line and "mcp-okta:deviceLogin" not in line]
    ours = [f"  mcp-okta:services: '{text}'", '  mcp-okta:deviceLogin: "true"']
    at = kept.index("config:") + 1
    path.write_text("\n".join([*kept[:at], *ours, *kept[at:]]) + "\n")


def lines_of(path: Path) -> list[str]:
    """The lines of a stack's settings; of one that has none yet, the heading alone."""
    return path.read_text().splitlines() if path.exists() else ["config:"]


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
