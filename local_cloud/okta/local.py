"""
What a test may do to the org and Okta cannot: move its clock, and run into its rate limit.

Source: ours.
"""

from starlette.responses import Response
from starlette.routing import Route

from local_cloud.okta.calls import Call, answer, management_route
from local_cloud.okta.errors import invalid
from local_cloud.okta.org import Org

CLOCK, RATE_LIMIT = "/_local/clock", "/_local/rate-limit"
LONGEST_SECONDS = 10 * 365 * 24 * 3600


def local_routes(org: Org) -> list[Route]:
    """The routes, which want the API token as every other call."""
    return [
        management_route(org, "GET", CLOCK, read_clock, limited=False),
        management_route(org, "POST", CLOCK, move_clock, takes_body=True, limited=False),
        management_route(org, "POST", RATE_LIMIT, limit_rate, takes_body=True, limited=False),
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
    """Set how many more calls are answered before a 429; null lifts the limit."""
    remaining = call.body.get("remaining")
    if remaining is not None and (isinstance(remaining, bool) or not isinstance(remaining, int) or remaining < 0):
        raise invalid("remaining", "The value must be a whole number from 0, or null")
    call.org.rate_limit_remaining = remaining
    return answer({"remaining": remaining})
