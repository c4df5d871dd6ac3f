"""A step-up is for who is signed in. Source: MCP authorization, step-up flow; RFC 9700 §4.7."""

from client.claims import person_of, unverified_claims
from client.errors import SignInFailed
from client.outputs import Outputs
from client.tokens import Tokens

SOMEBODY = "somebody whom the token does not name"


def check_same_person(outputs: Outputs, old: Tokens, new: Tokens) -> None:
    """
    Accept a step-up only of the person who is signed in: the browser may hold the session of another.

    Raises:
        SignInFailed: it is somebody else's, or nobody can tell.

    Does not check: the tokens; both came from the token endpoint. Source: Okta, access tokens: `uid`, `sub`.
    """
    before, after = unverified_claims(old.access_token), unverified_claims(new.access_token)
    known_by = "uid" if "uid" in before and "uid" in after else "sub"
    named = before.get(known_by)
    if isinstance(named, str) and named and named == after.get(known_by):
        return
    raise SignInFailed(
        f"the step-up for {outputs.url} was finished by {person_of(new) or SOMEBODY}, "
        f"but {person_of(old) or SOMEBODY} is signed in: the call was not made, and nothing has changed",
        "sign out of Okta in the browser, then run the same command again; "
        "or, to be somebody else: mcp-okta logout, then mcp-okta login",
    )
