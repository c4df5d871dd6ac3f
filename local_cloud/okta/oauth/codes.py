"""The org's decision on an authorization request, and the code that carries it."""

from local_cloud.okta import people
from local_cloud.okta.apps import is_assigned
from local_cloud.okta.errors import RedirectError
from local_cloud.okta.ids import digest, new_secret
from local_cloud.okta.oauth.checks import Ask
from local_cloud.okta.org import Org
from local_cloud.okta.policy import FAILURE, first_rule
from local_cloud.okta.policy import Ask as PolicyAsk
from local_cloud.okta.store import Row

CODE_SECONDS = 300
UNASSIGNED = "User is not assigned to the client application."


def check_access(org: Org, ask: Ask, user_id: str) -> None:
    """
    Let the org's objects decide: the assignment first, then the policies.

    Raises:
        RedirectError: access_denied, in Okta's words.
    """
    user = org.store.get("users", user_id)
    if user is None:
        raise RedirectError("access_denied", UNASSIGNED)
    groups = frozenset(group["id"] for group in people.groups_of(org, user))
    if not is_assigned(org, ask.app, user, groups):
        raise RedirectError("access_denied", UNASSIGNED)
    asked = PolicyAsk(ask.app["id"], "authorization_code", frozenset(ask.scopes), user_id, groups)
    policies = org.store.rows("policies", _server=ask.server["id"])
    if first_rule(policies, org.store.rows("rules"), asked) is None:
        raise RedirectError("access_denied", FAILURE)


def issue_code(org: Org, ask: Ask, session: Row) -> str:
    """Make a code that the client can exchange once, for five minutes. Source: RFC 6749 §4.1.2."""
    org.store.expire("codes", org.now())
    code = new_secret()
    row = {
        "id": digest(code),
        "server": ask.server["id"],
        "client": ask.app["id"],
        "user": session["user"],
        "redirect_uri": ask.redirect_uri,
        "scopes": list(ask.scopes),
        "challenge": ask.challenge,
        "nonce": ask.nonce,
        "auth_time": session["auth_time"],
        "expires": org.now() + CODE_SECONDS,
        "spent": None,
    }
    org.store.put("codes", row["id"], row)
    return code
