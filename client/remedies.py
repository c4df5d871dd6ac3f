"""What to type for a sign-in where none can be shown from here."""

import shlex
from collections.abc import Sequence

from client.errors import SignInNeeded
from client.outputs import Outputs

LOGIN = "mcp-okta login"


def ways_to_sign_in(outputs: Outputs, first: str, scopes: Sequence[str]) -> str:
    """The first command for these scopes, and the one for another device, unless the stack does not have that."""
    words = [word for scope in scopes for word in ("--scope", shlex.quote(scope))]
    here = " ".join([first, *words])
    if outputs.device_login is False:
        return here
    return f"{here}, or with a browser on another device only: {' '.join([LOGIN, '--device', *words])}"


def no_browser(outputs: Outputs, missing: Sequence[str]) -> SignInNeeded:
    """What to type where a call finds no browser."""
    says = f"you are not signed in to {outputs.url}"
    if missing:
        says = f"this needs {' '.join(missing)} on {outputs.url}, which takes a sign-in"
    return SignInNeeded(says, ways_to_sign_in(outputs, LOGIN, missing))


def no_browser_to_sign_in(outputs: Outputs, scopes: Sequence[str]) -> SignInNeeded:
    """What to type where a sign-in finds none: the address can be printed, for a browser on this machine."""
    return SignInNeeded("no browser can be opened from here", ways_to_sign_in(outputs, f"{LOGIN} --no-browser", scopes))
