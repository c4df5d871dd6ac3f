"""What a test may do to the local AWS and AWS cannot: let the front doors rename WWW-Authenticate, or not. Ours."""

import hmac
import json
from collections.abc import Callable, Mapping
from typing import Any

from local_cloud.aws.replies import Reply, json_reply, read_body, refusal

PATH = "/_local/rename-www-authenticate"


def refuse_stranger(environ: Mapping[str, Any], token: str) -> Reply | None:
    """The refusal of whoever has not the API token of the local Okta, which its own switches want too."""
    scheme, _, given = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
    if scheme.upper() == "SSWS" and hmac.compare_digest(given.strip().encode(), token.encode()):
        return None
    return refusal(environ, 401, "UnauthorizedException", "a switch wants the local Okta's API token: SSWS …")


def turn_switch(environ: dict[str, Any], rename: Callable[[bool], None]) -> Reply:
    """`PUT {"enabled": …}`."""
    if environ["REQUEST_METHOD"] != "PUT":
        return refusal(environ, 405, "MethodNotAllowedException", "the switch takes PUT")
    try:
        enabled = json.loads(read_body(environ))["enabled"]
    except (ValueError, KeyError, TypeError, RecursionError):
        enabled = None
    if not isinstance(enabled, bool):
        return refusal(environ, 400, "BadRequestException", 'the body must be {"enabled": true} or false')
    rename(enabled)
    return json_reply(200, {"enabled": enabled})
