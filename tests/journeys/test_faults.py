"""Fault runs through the real engine: a sample of `scripts/faults`, with each kind and each type of resource."""

from collections.abc import Iterator

import pytest

from tests.journeys.faults.fault import CALL_KINDS, KINDS, Fault
from tests.journeys.faults.ground import Ground, ground
from tests.journeys.faults.listing import in_state, keys_of
from tests.journeys.faults.rounds import Round, play
from tests.requirements import requirement

API = "aws:apigatewayv2/api:Api api"
STAGE = "aws:apigatewayv2/stage:Stage stage"
INTEGRATION = "aws:apigatewayv2/integration:Integration integration"
ROUTE = "aws:apigatewayv2/route:Route route-mcp"
LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup log"
ROLE = "aws:iam/role:Role role"
ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy policy"
FUNCTION = "aws:lambda/function:Function function"
PERMISSION = "aws:lambda/permission:Permission permission"
APP = "okta:app/oAuth:OAuth app"
ASSIGNMENT = "okta:app/groupAssignment:GroupAssignment assignment-mcp-readers"
SERVER = "okta:auth/server:Server server"
SCOPE = "okta:auth/serverScope:ServerScope scope-mcp-read"
POLICY = "okta:auth/serverPolicy:ServerPolicy policy"
RULE = "okta:auth/serverPolicyRule:ServerPolicyRule rule-mcp-read"


def create(resource: str, kind: str) -> Fault:
    """A fault of `up` where it creates that."""
    return Fault("up", f"Create {resource}", kind)


def delete(resource: str, kind: str) -> Fault:
    """A fault of `down` where it deletes that."""
    return Fault("down", f"Delete {resource}", kind)


# In a chain each object needs the one before it, so that it is not there yet, or still there, at its own turn.
CHAINS = {
    "server": (
        create(API, "refused"),
        create(SERVER, "plugin-killed-after"),
        create(f"{SCOPE} #1", "500-for-ever"),
        create(RULE, "engine-killed-after"),
        "up",
        delete(RULE, "plugin-killed-before"),
        delete(SERVER, "lost"),
        delete(API, "refused"),
        "down",
    ),
    "function": (
        create(ROLE, "plugin-killed-before"),
        create(FUNCTION, "hung"),
        create(PERMISSION, "engine-killed-before"),
        create(INTEGRATION, "command-killed"),
        create(ROUTE, "interrupted"),
        "up",
        delete(ROUTE, "hung"),
        delete(INTEGRATION, "engine-killed-before"),
        delete(PERMISSION, "plugin-killed-after"),
        delete(FUNCTION, "engine-killed-after"),
        delete(ROLE_POLICY, "interrupted"),
        delete(ROLE, "command-killed"),
        "down",
    ),
    "app": (
        create(APP, "plugin-killed-after"),
        create(ASSIGNMENT, "lost"),
        "up",
        delete(ASSIGNMENT, "lost"),
        delete(f"{APP} #1", "500-for-ever"),
        "down",
    ),
    "cloud": (create(STAGE, "cloud-killed"), "up", delete(POLICY, "cloud-killed"), "down"),
    "requests": (
        "up",
        delete(f"{SCOPE} #1", "dropped-before"),
        "down",
        create(f"{LOG_GROUP} #1", "dropped-after"),
        "down",
    ),
    "slow": (create(f"{SERVER} #1", "429"), delete(f"{LOG_GROUP} #1", "500"), create(f"{API} #1", "slow"), "down"),
    "at once": (create(ROLE_POLICY, "lost"), "down", create(POLICY, "engine-killed-after"), "down"),
    "changed": (
        "up",
        Fault("change", f"Update {FUNCTION}", "engine-killed-after"),
        "change",
        delete(STAGE, "lost"),
        "down",
    ),
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    """One local cloud for all rounds: each leaves it as it was."""
    with ground(tmp_path_factory.mktemp("faults")) as made:
        yield made


@requirement("journeys:fault-runs")
@pytest.mark.parametrize("name", CHAINS)
def test_after_faults_the_next_command_brings_state_and_clouds_together(site: Ground, name: str) -> None:
    """Each command ends, says what failed and what to type; the next one mends it (issue 4, must show)."""
    play(Round(CHAINS[name], calls=name == "server"), site)


def struck(command: str) -> list[Fault]:
    """The faults of the sample that strike that command."""
    faults = [item for chain in CHAINS.values() for item in chain if isinstance(item, Fault)]
    return [fault for fault in faults if fault.command == command]


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
