"""Who may what: `access` maps Okta groups to scopes, and becomes rules from the largest set down."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

EVERYONE = "Everyone"  # Okta's built-in group of all people of the org


@dataclass(frozen=True)
class Grant:
    """One rule: the people of these groups may have these scopes."""

    groups: tuple[str, ...]
    scopes: tuple[str, ...]


@dataclass(frozen=True)
class Access:
    """Groups and their scopes; the sets form a chain, so that one rule can answer each request."""

    groups: Mapping[str, tuple[str, ...]]

    @property
    def grants(self) -> list[Grant]:
        """The rules in order: Okta takes the first that admits all that was asked, so the largest set comes first."""
        sets = sorted(set(self.groups.values()), key=lambda scopes: (-len(scopes), scopes))
        return [
            Grant(tuple(sorted(name for name, scopes in self.groups.items() if scopes == granted)), granted)
            for granted in sets
        ]

    @property
    def base_scopes(self) -> tuple[str, ...]:
        """What every assigned person may have: the intersection of all sets."""
        sets = list(self.groups.values())
        return tuple(scope for scope in sets[0] if all(scope in scopes for scopes in sets)) if sets else ()


def parse_access(text: str, known: Sequence[str]) -> tuple[Access, list[str]]:
    """The access that the JSON text describes, and what is wrong with it; scopes come in the order of `known`."""
    try:
        pairs = json.loads(text, object_pairs_hook=lambda pairs: pairs)
    except json.JSONDecodeError as error:
        return Access({}), [f"is not JSON ({error})"]
    if not text.lstrip().startswith("{"):
        return Access({}), ['is not a JSON object like {"GROUP": ["SCOPE"]}']
    if not pairs:
        return Access({}), ["names no group"]
    problems = [problem for name, scopes in pairs for problem in entry_problems(name, scopes, known)]
    names = [name for name, _ in pairs]
    problems += [
        f"names the group {name!r} twice" for name in sorted({name for name in names if names.count(name) > 1})
    ]
    if problems:
        return Access({}), problems
    access = Access({name: tuple(scope for scope in known if scope in scopes) for name, scopes in pairs})
    return access, chain_problems(access)


def entry_problems(name: str, scopes: object, known: Sequence[str]) -> list[str]:
    """What is wrong with one group's list of scopes."""
    if not name.strip() or name != name.strip():
        return [f"names a group {name!r}, which is empty or begins or ends with a space"]
    if not isinstance(scopes, list) or not scopes or not all(isinstance(scope, str) for scope in scopes):
        return [f"gives the group {name!r} {json.dumps(scopes)}, which is not a list of scopes"]
    unknown = sorted({scope for scope in scopes if scope not in known})
    return [f"gives the group {name!r} the unknown scope {scope!r} (known: {', '.join(known)})" for scope in unknown]


def access_warnings(access: Access, served: Sequence[str], known: Sequence[str]) -> list[str]:
    """
    What an access that can be used will hardly mean; `served` are the scopes that programs have without a person.

    Source: docs/facts/okta.md §8: rules are any-of, and everybody in Okta is in the built-in group Everyone.
    """
    granted = {scope for scopes in access.groups.values() for scope in scopes} | set(served)
    nobody = [scope for scope in known if scope not in granted]
    warnings = [f"no group and no service has {scope}: nobody can use what needs it" for scope in nobody]
    everyones = set(access.groups.get(EVERYONE, ()))
    moot = [name for name, scopes in access.groups.items() if name != EVERYONE and set(scopes) <= everyones]
    if moot:
        warnings.append(f"{EVERYONE} has all that is given to {', '.join(moot)}: those entries can never matter")
    return warnings


def chain_problems(access: Access) -> list[str]:
    """
    Sets that are not contained in one another, by the groups that have them, and a missing common set.

    Source: docs/facts/okta.md §8: one rule must allow all requested scopes, and a rule's groups are any-of:
    a person of two such groups could never ask for the scopes of both.
    """
    problems = [
        f"gives the groups {larger.groups[0]!r} and {smaller.groups[0]!r} sets of which neither contains the other "
        f"({' '.join(larger.scopes)} / {' '.join(smaller.scopes)}): a person of both could not use both"
        for larger, smaller in pairwise(access.grants)
        if not set(smaller.scopes) < set(larger.scopes)
    ]
    if not access.base_scopes:
        problems.append("leaves no scope that every group has, so there is none that a sign-in could begin with")
    return problems
