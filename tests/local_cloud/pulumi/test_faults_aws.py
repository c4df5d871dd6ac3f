"""Every type of the AWS plugin, every HTTP request that it makes, every fault (issue 4)."""

from collections.abc import Iterator

import pytest

from tests.local_cloud.pulumi import cases_aws
from tests.local_cloud.pulumi.cases import Case
from tests.local_cloud.pulumi.fault_checks import check_creation, check_deletion, check_update
from tests.local_cloud.pulumi.faults import Kind
from tests.local_cloud.pulumi.worlds import World, aws_world
from tests.requirements import requirement

CASES = cases_aws.CASES
each_type = pytest.mark.parametrize("case", CASES, ids=lambda case: case.token)
each_changing_type = pytest.mark.parametrize("case", [one for one in CASES if one.change], ids=lambda case: case.token)
each_kind = pytest.mark.parametrize("kind", Kind, ids=lambda kind: kind.name)


@pytest.fixture(scope="module")
def populated() -> World:
    """The cloud, with what the objects stand on."""
    found = aws_world()
    cases_aws.populate(found)
    return found


@pytest.fixture
def world(populated: World) -> Iterator[World]:
    """The cloud without a fault from before."""
    yield populated
    populated.faults.arm(None)


@requirement("pulumi:faults")
@each_kind
@each_type
def test_a_creation_is_told_of_or_did_not_happen(case: Case, kind: Kind, world: World) -> None:
    """New in the cloud is what the engine has the id of; else the message says what may exist and what to type."""
    check_creation(case, kind, world)


@requirement("pulumi:faults")
@each_kind
@each_changing_type
def test_an_update_leaves_the_state_as_the_cloud_is(case: Case, kind: Kind, world: World) -> None:
    """A failed one tells how far it came, and the next one finishes it; no other object appears."""
    check_update(case, kind, world)


@requirement("pulumi:faults")
@each_kind
@each_type
def test_a_deletion_ends_or_can_be_repeated(case: Case, kind: Kind, world: World) -> None:
    """Done means gone; what failed is still there for the engine, and a second deletion ends it."""
    check_deletion(case, kind, world)
