"""Which groups of `access` nobody is in, asked before anything is created; what cannot be seen is said and no more."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import httpx2

from environments.accounts import Clouds
from environments.errors import EnvironmentsError
from environments.name import PROJECT
from environments.ownership.org import Org

ACCESS, CREATE_GROUPS = f"{PROJECT}:access", f"{PROJECT}:createGroups"
LOCAL_ACCESS = "MCP_OKTA_LOCAL_ACCESS"
GROUPS = "/api/v1/groups"


def warnings(config: Mapping[str, Any], clouds: Clouds, transport: httpx2.BaseTransport | None = None) -> list[str]:
    """
    What a person should know about the groups; never an error, since the deployment goes on either way.

    Source: Okta, Groups API: search by name, list members.
    """
    names = groups_of(config, clouds.environ)
    if not names:
        return []  # what is wrong with `access` is the program's to say
    unseen = f"nobody looked whether anybody is in {' or '.join(names)}: "
    if not (clouds.okta_url and clouds.okta_token):
        return [f"{unseen}there is no OKTA_API_TOKEN to look with"]
    org, creates = Org(clouds, transport, wait=at_once), str(config.get(CREATE_GROUPS, "")).lower() == "true"
    try:
        return [problem for name in names for problem in _problems(org, name, creates)]
    except EnvironmentsError as error:
        return [unseen + error.message]
    except ValueError:  # no JSON
        return [f"{unseen}{clouds.okta_url} does not answer as Okta does"]


def groups_of(config: Mapping[str, Any], environ: Mapping[str, str]) -> list[str]:
    """The groups that `access` names; none where it cannot be read."""
    text = config.get(ACCESS) or environ.get(LOCAL_ACCESS) or "{}"
    try:
        access = json.loads(text) if isinstance(text, str) else text
    except ValueError:
        return []
    return [str(name) for name in access] if isinstance(access, dict) else []


def at_once(seconds: float) -> None:
    """Do not wait: a hint is not worth a minute."""


def _problems(org: Org, name: str, creates: bool) -> Iterator[str]:
    """A group that is not there is the program's to refuse, unless it is the one that creates it."""
    group = next((found for found in org.pages(GROUPS, q=name) if found["profile"]["name"] == name), None)
    if group is None:
        if creates:
            yield f"nobody is in the Okta group {name} at first: this stack creates it; add people to it in Okta"
    elif next(org.pages(f"{GROUPS}/{group['id']}/users", limit="1"), None) is None:
        yield f"nobody is in the Okta group {name}, so nobody can use what `access` gives it; add people to it in Okta"
