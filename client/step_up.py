"""When a step-up may be asked for, and whose it is. Source: MCP authorization, step-up flow; RFC 9700 §4.7."""

from collections.abc import Sequence

from client.claims import person_of, unverified_claims
from client.errors import NotAllowed, SignInFailed
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


def check_something_new(outputs: Outputs, tokens: Tokens, needed: Sequence[str]) -> None:
    """
    Ask nobody for what the tokens have: the next ones would be the same.

    Raises:
        NotAllowed: the challenge names nothing that they lack.
    """
    if not set(needed) <= set(tokens.scopes):
        return
    why = f"for lack of {' '.join(needed)}, which your token has" if needed else "and does not say which scope it lacks"
    raise NotAllowed(
        f"{outputs.url} refuses the call {why}",
        "mcp-okta login, and if that does not help, ask whoever deployed the server",
        tuple(needed),
    )


class Denials:
    """What Okta has denied to whom, for the life of this process: asking again would only get the same answer."""

    def __init__(self) -> None:
        self._denied: list[tuple[str | None, NotAllowed]] = []

    def keep(self, who: str | None, denial: NotAllowed) -> None:
        """Remember what somebody was denied."""
        self._denied.append((who, denial))

    def check(self, who: str | None, needed: Sequence[str]) -> None:
        """
        Ask for nothing again that was denied; Okta grants all that is asked for or nothing.

        Raises:
            NotAllowed: as it was.
        """
        for denied, denial in self._denied:
            if denied == who and set(denial.scopes) <= set(needed):
                raise NotAllowed(denial.message, denial.remedy, denial.scopes)
