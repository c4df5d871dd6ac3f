"""
Who may have what: assignments first, then the policies of the server. Every grant passes through here.

Source: https://developer.okta.com/docs/guides/configure-access-policy/
"""

from local_cloud.okta import people
from local_cloud.okta.apps import is_assigned
from local_cloud.okta.errors import OAuthError
from local_cloud.okta.oauth.issuers import ORG, ORG_RULE
from local_cloud.okta.org import Org
from local_cloud.okta.policy import FAILURE, Ask, first_rule, permitted
from local_cloud.okta.store import Row

UNASSIGNED = "User is not assigned to the client application."
Decision = tuple[Row, tuple[str, ...]]


def decide(
    org: Org, server: Row, app: Row, kind: str, scopes: tuple[str, ...], user: Row | None, *, by_default: bool = False
) -> Decision:
    """
    The rule that admits a grant, and the scopes that it permits; the org's own server admits whoever is assigned.

    Args:
        by_default: the client named no scopes, and these are the server's default ones: a part of them will do.

    Raises:
        OAuthError: access_denied, in Okta's words.
    """
    if server["id"] == ORG:
        return ORG_RULE, scopes
    user_id, groups = user["id"] if user else None, _group_ids(org, user)
    ask = Ask(app["id"], kind, frozenset(scopes), user_id, groups, by_default)
    rule = first_rule(org.store.rows("policies", _server=server["id"]), org.store.rows("rules"), ask)
    if rule is None:
        raise OAuthError("access_denied", FAILURE)
    return rule, permitted(rule, scopes)


def may_use(org: Org, app: Row, user: Row | None) -> bool:
    """Whether a person is active and assigned to an app."""
    return user is not None and user["status"] == "ACTIVE" and is_assigned(org, app, user, _group_ids(org, user))


def check_access(
    org: Org, server: Row, app: Row, kind: str, scopes: tuple[str, ...], user_id: str, *, by_default: bool = False
) -> Decision:
    """
    Let the org's objects decide about a person who has signed in.

    Raises:
        OAuthError: access_denied, in Okta's words.
    """
    user = org.store.get("users", user_id)
    if not may_use(org, app, user):
        raise OAuthError("access_denied", UNASSIGNED)
    return decide(org, server, app, kind, scopes, user, by_default=by_default)


def _group_ids(org: Org, user: Row | None) -> frozenset[str]:
    return frozenset(group["id"] for group in people.groups_of(org, user)) if user else frozenset()
