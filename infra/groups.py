"""The Okta groups that `access` names: found by their exact name, or created on request."""

from collections.abc import Iterable, Mapping

import pulumi
import pulumi_okta as okta

from infra.errors import GroupLookupFailed, GroupMissing


def find_groups(names: Iterable[str]) -> dict[str, str]:
    """
    The ids of existing groups, by name; asked before anything is declared, so that nothing is left half done.

    Raises:
        GroupMissing: some do not exist; all of them are in the message.
        GroupLookupFailed: Okta refused the question or could not be reached.
    """
    found = {name: find_group(name) for name in names}
    missing = sorted(name for name, identifier in found.items() if identifier is None)
    if missing:
        raise GroupMissing(
            f"`access` names Okta groups that do not exist: {', '.join(missing)}",
            "create them in Okta, correct `access`, or let the stack create them: pulumi config set createGroups true",
        )
    return {name: identifier for name, identifier in found.items() if identifier is not None}


def find_group(name: str) -> str | None:
    """
    The id of the group with exactly this name.

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
    return group.id if group.name == name else None


def reach_remedy() -> str:
    """What to check when Okta does not answer as it should."""
    return "check okta:orgName, okta:baseUrl and the token, locally `mcp-okta local status`; then run it again"


def create_groups(names: Iterable[str], description: str) -> Mapping[str, pulumi.Output[str]]:
    """New groups, by name, which the stack owns from now on and which nobody is in."""
    groups = {name: okta.group.Group(f"group-{name}", name=name, description=description) for name in names}
    pulumi.log.warn(
        f"createGroups: the Okta groups {', '.join(groups)} belong to this stack and begin empty: nobody can sign in "
        "until an administrator adds people to them, and `down` deletes them"
    )
    return {name: group.id for name, group in groups.items()}
