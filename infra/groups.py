"""The Okta groups that `access` names: found by their exact name, or the stack's own."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pulumi
import pulumi_okta as okta

from infra.errors import GroupLookupFailed, GroupMissing
from infra.marks import bracket


@dataclass(frozen=True)
class Found:
    """A group that Okta has."""

    id: str
    description: str


@dataclass(frozen=True)
class GroupsArgs:
    """Which groups, whether those that are missing are made, and whose they are then."""

    names: Iterable[str]
    create: bool
    mark: str
    mark_is_certain: bool  # nobody else's stack has it


def declare_groups(args: GroupsArgs) -> Mapping[str, pulumi.Input[str]]:
    """
    The ids of the groups, by name; asked before anything is declared, so that nothing is left half done.

    A group that carries the stack's mark stays declared whether groups are to be created or not.

    Raises:
        GroupMissing: some do not exist and are not to be created; all of them are in the message.
        GroupLookupFailed: Okta refused the question or could not be reached.

    Source: ours; the engine deletes what is no longer declared, and nothing brings a group's members back.
    """
    found = {name: find_group(name) for name in args.names}
    if not args.create:
        refuse_missing(found)
    own = [name for name, group in found.items() if group and bracket(args.mark) in group.description]
    if args.create:
        warn_of_new([name for name in found if name not in own])
    warn_of_own(own)
    return {
        name: group.id if group and name not in own and not args.create else declare_group(name, args, group)
        for name, group in found.items()
    }


def refuse_missing(found: Mapping[str, Found | None]) -> None:
    """
    Stop where a group is not there.

    Raises:
        GroupMissing: names all of them.
    """
    missing = sorted(name for name, group in found.items() if group is None)
    if missing:
        raise GroupMissing(
            f"`access` names Okta groups that do not exist: {', '.join(missing)}",
            "create them in Okta, correct `access`, or let the stack create them: "
            f"pulumi config set --stack {pulumi.get_stack()} createGroups true",
        )


def find_group(name: str) -> Found | None:
    """
    The group with exactly this name.

    Source: Okta's plugin takes a single group whose name merely begins with the text, and only logs that.
    """
    try:
        group = okta.group.get_group(name=name)
    except Exception as error:  # the SDK has no class of its own for a failed invoke
        if f'group with name "{name}" does not exist' in str(error) or f'group starting with name "{name}"' in str(
            error
        ):
            return None
        raise GroupLookupFailed(f"the Okta group {name!r} could not be looked up: {error}", reach_remedy()) from error
    return Found(group.id, group.description or "") if group.name == name else None


def reach_remedy() -> str:
    """What to check when Okta does not answer as it should."""
    return "check okta:orgName, okta:baseUrl and the token, locally `mcp-okta local status`; then run it again"


def declare_group(name: str, args: GroupsArgs, found: Found | None) -> pulumi.Output[str]:
    """
    A group that the stack owns; one that it made and its state lost is taken back, if nobody else can have made it.

    Source: Pulumi, import option: no effect where the state holds the object; its properties must be what they are.
    """
    own = found if found and bracket(args.mark) in found.description else None
    group = okta.group.Group(
        f"group-{name}",
        name=name,
        description=own.description if own else args.mark,
        opts=pulumi.ResourceOptions(import_=own.id if own and args.mark_is_certain else None),
    )
    return group.id


def warn_of_new(names: Iterable[str]) -> None:
    """Say that new groups have no members."""
    if listed := ", ".join(names):
        pulumi.log.warn(
            f"createGroups: the Okta groups {listed} are created and begin empty: nobody can sign in until an "
            "administrator adds people to them"
        )


def warn_of_own(names: Iterable[str]) -> None:
    """Say which groups go with the stack."""
    if listed := ", ".join(names):
        pulumi.log.warn(f"the Okta groups {listed} belong to this stack: `down` deletes them, with their members")
