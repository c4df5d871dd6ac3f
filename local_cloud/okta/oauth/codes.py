"""The code that carries the org's decision on an authorization request."""

from local_cloud.okta.ids import digest, new_secret
from local_cloud.okta.oauth.checks import Ask
from local_cloud.okta.org import Org
from local_cloud.okta.store import Row

CODE_SECONDS = 300


def issue_code(org: Org, ask: Ask, session: Row, rule: Row) -> str:
    """
    Make a code that the client can exchange once, for five minutes.

    Args:
        rule: the rule that admitted the request, whose lifetimes hold whatever becomes of it meanwhile.

    Source: RFC 6749 §4.1.2; Okta's reference, "the policy isn't evaluated again" (subtle behavior).
    """
    org.store.expire("codes", org.now())
    code = new_secret()
    row = {
        "id": digest(code),
        "server": ask.server["id"],
        "client": ask.app["id"],
        "user": session["user"],
        "redirect_uri": ask.redirect_uri,
        "scopes": list(ask.scopes),
        "rule": {"actions": rule["actions"]},
        "challenge": ask.challenge,
        "nonce": ask.nonce,
        "auth_time": session["auth_time"],
        "expires": org.now() + CODE_SECONDS,
        "spent": None,
    }
    org.store.put("codes", row["id"], row)
    return code
