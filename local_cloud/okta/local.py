"""
What a test may do to the org and Okta cannot: move its clock, run into its rate limit, take a feature away, and have a
token that was made by hand count as issued.

Source: ours.
"""

from starlette.responses import Response
from starlette.routing import Route

from local_cloud.okta.calls import Call, answer
from local_cloud.okta.errors import invalid
from local_cloud.okta.issued import register
from local_cloud.okta.management import fields
from local_cloud.okta.management.route import management_route
from local_cloud.okta.org import Org
from local_cloud.okta.rate_limits import LIMIT

CLOCK, RATE_LIMIT, FEATURES, ISSUED = "/_local/clock", "/_local/rate-limit", "/_local/features", "/_local/issued"
LONGEST_SECONDS = 10 * 365 * 24 * 3600
LONGEST_TOKEN = 64 * 1024
TOKEN_SECONDS = 24 * 3600  # the longest life of an access token


def local_routes(org: Org) -> list[Route]:
    """The routes, which want the API token as every other call."""
    return [
        management_route(org, "GET", CLOCK, read_clock, limited=False),
        management_route(org, "POST", CLOCK, move_clock, takes_body=True, limited=False),
        management_route(org, "POST", RATE_LIMIT, limit_rate, takes_body=True, limited=False),
        management_route(org, "POST", FEATURES, set_features, takes_body=True, limited=False),
        management_route(org, "POST", ISSUED, count_as_issued, takes_body=True, limited=False),
    ]


def read_clock(call: Call) -> Response:
    """Tell the time of the org."""
    return answer({"offset_seconds": call.org.clock.offset_seconds, "now": call.org.clock.timestamp()})


def move_clock(call: Call) -> Response:
    """Set how far the org is ahead of real time."""
    offset = call.body.get("offset_seconds")
    if isinstance(offset, bool) or not isinstance(offset, int | float) or abs(offset) > LONGEST_SECONDS:
        raise invalid("offset_seconds", "The value must be a number of seconds within ten years")
    call.org.clock.offset_seconds = offset
    return read_clock(call)


def limit_rate(call: Call) -> Response:
    """Set how many calls a minute are answered (`limit`), and how many in the present one (`remaining`); null lifts."""
    if call.body.get("limit") is None and call.body.get("remaining") is None:
        call.org.rate_limits.lift()
        return answer({"limit": None, "remaining": None})
    limit = fields.whole(call.body, "limit", 1, 1_000_000, LIMIT)
    remaining = fields.whole(call.body, "remaining", 0, 1_000_000, limit)
    call.org.rate_limits.enforce(limit, remaining)
    return answer({"limit": limit, "remaining": remaining})


def set_features(call: Call) -> Response:
    """Say whether the org's plan includes API Access Management; without it there are no custom servers."""
    call.org.api_access_management = fields.flag(call.body, "api_access_management", True)
    return answer({"api_access_management": call.org.api_access_management})


def count_as_issued(call: Call) -> Response:
    """Take a token, which a test has signed with the org's key, for one that the `client` got for the `user`."""
    token = fields.text(call.body, "token", at_most=LONGEST_TOKEN)
    client, user = fields.text(call.body, "client"), fields.optional_text(call.body, "user")
    register(call.org, token, client, user, None, int(call.org.now()) + TOKEN_SECONDS)
    return answer({"client": client, "user": user})
