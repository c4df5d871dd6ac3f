"""From a git branch to an environment's name."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from environments.errors import WrongName
from environments.name import check_stack, environment_name
from tests.requirements import requirement


@requirement("environments:names")
def test_branches_that_read_alike_have_environments_of_their_own() -> None:
    """The hash is over the raw ref, so a slug that collides does no harm (docs/facts/branch-environments.md)."""
    names = {environment_name(branch) for branch in ("feature/a", "feature-a", "Feature/a", "feature/á")}

    assert len(names) == 4
    assert environment_name("feature/a") == "feature-a-951d42dc"


@requirement("environments:names")
def test_the_same_branch_beside_another_base_has_a_name_of_its_own() -> None:
    """One configuration file for both would lead one to the other's accounts (ours)."""
    names = {environment_name("feature/a", base) for base in ("local", "dev", "prod")}

    assert len(names) == 3
    assert all(len(name) <= 30 for name in names)
    assert environment_name("feature/a", "local") == environment_name("feature/a")


@given(st.text(min_size=1, max_size=80))
def test_a_name_fits_every_cloud_or_the_branch_is_refused(branch: str) -> None:
    """At most 30 characters of a-z, 0-9 and single dashes, a letter first (design, environments)."""
    try:
        name = environment_name(branch)
    except WrongName:
        return

    assert re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", name)
    assert len(name) <= 30


@requirement("environments:protected")
@pytest.mark.parametrize("branch", ["main", "Master", "prod", "production", "local", "refs/heads/main", "origin/main"])
def test_a_protected_branch_has_no_branch_environment(branch: str) -> None:
    """Long-lived environments are made by name, on purpose (docs/facts/branch-environments.md)."""
    with pytest.raises(WrongName, match="protected") as refused:
        environment_name(branch)

    assert refused.value.exit_code == 2


@pytest.mark.parametrize(
    "branch", ["", "  ", "-x", "a b", "a..b", "a//b", "/a", "a/", "@", "a.lock", "x" * 256, "a\nb"]
)
def test_what_git_would_not_accept_is_refused(branch: str) -> None:
    """An empty or weird ref never becomes a name (git-check-ref-format(1))."""
    with pytest.raises(WrongName, match="cannot be"):
        environment_name(branch)


def test_a_stack_must_be_usable_in_every_name() -> None:
    """Lambda and IAM allow 64 characters; Pulumi allows letters, digits, - _ . (docs/facts/branch-environments.md)."""
    assert check_stack("dev-1") == "dev-1"
    for stack in ("", "-x", "a.b", "a/b", "x" * 42):
        with pytest.raises(WrongName):
            check_stack(stack)
