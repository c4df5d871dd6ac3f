"""The org's Management API: its limits are waited for, and its token is never told."""

import socket

import httpx2
import pytest

from environments.accounts import Clouds
from environments.errors import Unreachable
from environments.ownership.org import LONGEST_WAIT_SECONDS, TRIES, Org
from tests.requirements import requirement

DATE = "Tue, 01 Jul 2025 12:00:00 GMT"
NOW = 1751371200
BUSY = {"Date": DATE, "X-Rate-Limit-Reset": str(NOW + 7)}


def org(token: str, answers: list[httpx2.Response], waits: list[float]) -> Org:
    """An org that gives these answers, the last one for ever."""
    config = {"okta:httpProxy": "http://okta.invalid", "okta:apiToken": token}

    def answer(request: httpx2.Request) -> httpx2.Response:
        return answers.pop(0) if len(answers) > 1 else answers[0]

    return Org(Clouds.of(config, {}), httpx2.MockTransport(answer), waits.append)


def busy(**headers: str) -> httpx2.Response:
    """Okta's 429."""
    return httpx2.Response(429, headers={**BUSY, **headers}, json={"errorSummary": "API call exceeded rate limit"})


@requirement("environments:rate-limit")
def test_a_used_up_limit_is_waited_for() -> None:
    """Until `X-Rate-Limit-Reset`, by the clock in `Date`, and a second more (Okta, Rate limits)."""
    waits: list[float] = []
    found = list(org("00t", [busy(), httpx2.Response(200, json=[{"id": "1"}])], waits).pages("/api/v1/apps"))

    assert (found, waits) == ([{"id": "1"}], [8.0])


@requirement("environments:rate-limit")
def test_waiting_has_an_end_and_the_token_is_not_blamed() -> None:
    """A few bounded waits, then the reason (Okta, Rate limits)."""
    waits: list[float] = []
    with pytest.raises(Unreachable, match="429 API call exceeded") as refused:
        list(org("00t", [busy(**{"X-Rate-Limit-Reset": str(NOW + 9999)})], waits).pages("/api/v1/apps"))

    assert waits == [LONGEST_WAIT_SECONDS] * (TRIES - 1)
    assert "OKTA_API_TOKEN" not in refused.value.remedy


def test_a_reset_that_cannot_be_read_costs_a_second() -> None:
    """The header may be absent behind a proxy (ours)."""
    waits: list[float] = []
    answers = [busy(**{"X-Rate-Limit-Reset": "soon"}), httpx2.Response(200, json=[])]

    assert list(org("00t", answers, waits).pages("/api/v1/apps")) == []
    assert waits == [1.0]


@requirement("environments:token")
@pytest.mark.parametrize("token", ["00se\ncret", "00se\u2026cret"])
def test_a_token_that_is_no_header_is_not_quoted(token: str) -> None:
    """The transport's own message holds the header's value (seen with httpx2 and h11)."""
    with socket.create_server(("127.0.0.1", 0)) as listener, pytest.raises(Unreachable) as refused:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        list(Org(Clouds.of({"okta:httpProxy": url, "okta:apiToken": token}, {})).pages("/api/v1/apps"))

    told = f"{refused.value.message} {refused.value.remedy} {refused.value.__cause__}"
    assert "00se" not in told and "cret" not in told
    assert "OKTA_API_TOKEN" in refused.value.remedy


@requirement("environments:token")
def test_space_around_a_token_is_not_part_of_it() -> None:
    """A token read from a file ends with a line break (ours)."""
    assert Clouds.of({}, {"OKTA_API_TOKEN": " 00t\n"}).okta_token == "00t"
