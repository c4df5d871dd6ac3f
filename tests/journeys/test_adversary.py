"""The adversarial table over the whole path: front door, runtime, the zip that is deployed."""

import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import httpx2
import pytest

from client.transport import find_challenge
from tests.journeys.adversary import REQUEST_SECONDS, Deployment
from tests.journeys.checkout import make_checkout
from tests.lambda_server.adversary.cases import LIVE, Case, load
from tests.lambda_server.adversary.judge import check_answer, check_log, check_silence
from tests.lambda_server.adversary.requests import Sent, write_request
from tests.lambda_server.both_eras import LEGACY, MODERN
from tests.requirements import requirement

CASES = [case for case in load() if case.at(LIVE)]
REFUSALS = ("no token", "expired a year ago", "a reader calls the tool that writes")


@pytest.fixture(scope="module")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """A stack of its own, since its settings are changed."""
    checkout = make_checkout(tmp_path_factory.mktemp("adversary"))
    try:
        checkout.ok("up", "--yes", timeout=300)
        found = Deployment(checkout, checkout.outputs(), checkout.status()["aws_endpoint_url"])
        found.widen()
        yield found
    finally:
        checkout.run("local", "down")


def send(http: httpx2.Client, url: str, sent: Sent) -> httpx2.Response:
    """Send one request; white space around a header's value is not the value's (RFC 9110 §5.5)."""
    headers = [(name, value.strip(b" ")) for name, value in sent.headers]
    return http.post(f"{url}?{sent.query}" if sent.query else url, content=sent.body, headers=headers)


def wait_for_calls(deployment: Deployment, before: int, number: int) -> list[dict[str, Any]]:
    """The function's lines since, once there is an audit line for each request; they come on a pipe of their own."""
    until = time.monotonic() + 10
    while True:
        lines = deployment.lines()[before:]
        if sum(line["message"] == "call" for line in lines) >= number or time.monotonic() > until:
            return lines


@requirement("journeys:adversary")
@pytest.mark.parametrize("mode", ["jwt", "introspection"])
def test_the_whole_path_answers_each_request_as_the_table_says(deployment: Deployment, mode: str) -> None:
    """Issue 5, must show: the reason in the function's log and one sentence on the wire, in both eras."""
    deployment.check_by(mode)
    url, before = deployment.outputs["url"], len(deployment.lines())
    made: list[tuple[Case, str, Sent, httpx2.Response]] = []
    with httpx2.Client(timeout=REQUEST_SECONDS) as http:
        for case in CASES:
            world = replace(deployment.world, now=int(time.time()))
            for era in (LEGACY, MODERN) if mode in case.modes else ():
                sent = write_request(case, world, era)
                if mode == "introspection" and sent.token.strip():
                    deployment.count_as_issued(sent.token)
                made.append((case, era, sent, send(http, url, sent)))
    lines = wait_for_calls(deployment, before, len(made))
    calls = [line for line in lines if line["message"] == "call"]
    assert len(calls) == len(made)

    wrong = []
    for (case, era, sent, answer), call in zip(made, calls, strict=True):
        own = [line for line in lines if line["request_id"] == call["request_id"]]
        try:
            check_answer(case, answer, deployment.metadata_url, str(own))
            check_log(case, LIVE, mode, [line for line in own if line["message"] == "token not accepted"], [call])
            check_silence(sent, str(own) + answer.text)
        except AssertionError as error:
            wrong.append(f"{case.name} ({era}): {error}")
    assert wrong == []
    assert len({case.name for case, *_ in made if case.status != 200}) >= 60


@requirement("journeys:challenge-forms")
@pytest.mark.parametrize("renames", [True, False])
def test_the_challenge_arrives_in_each_form_whether_the_header_is_renamed_or_not(
    deployment: Deployment, renames: bool
) -> None:
    """RFC 9728 §5.1; docs/facts/mcp-on-lambda.md: opinions on the renaming differ, so both must do."""
    deployment.check_by("jwt")
    deployment.rename(renames)
    chosen = [case for case in CASES if case.name in REFUSALS]
    assert len(chosen) == len(REFUSALS)
    with httpx2.Client(timeout=REQUEST_SECONDS) as http:
        for case in chosen:
            for era in (LEGACY, MODERN):
                answer = send(http, deployment.outputs["url"], write_request(case, deployment.world, era))
                check_answer(case, answer, deployment.metadata_url, case.name)
                assert ("x-amzn-remapped-www-authenticate" in answer.headers) == renames
                check_each_form(answer)


def check_each_form(answer: httpx2.Response) -> None:
    """Our client finds the same challenge in any one of its places, with the others gone."""
    challenge = answer.headers["mcp-challenge"]
    places = ("www-authenticate", "mcp-challenge", "x-amzn-remapped-www-authenticate")
    for place in (*places, None):
        kept = {place: challenge} if place else {}
        body = b"{}" if place else answer.content
        assert find_challenge(httpx2.Response(answer.status_code, headers=kept, content=body)) == challenge
