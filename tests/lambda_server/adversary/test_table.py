"""Every adversarial token and request of tests/vectors/tokens: refused for the right reason, and none the wiser."""

from collections.abc import AsyncIterator

import anyio
import pytest

from lambda_server.auth.reasons import Reason
from tests.lambda_server.adversary.cases import APP, LEVELS, MODES, VERIFIER, Case, load
from tests.lambda_server.adversary.judge import Door, judge_app, judge_verifier, open_door
from tests.lambda_server.adversary.world import memory_world
from tests.lambda_server.both_eras import LEGACY, MODERN
from tests.requirements import requirement

CASES = load()


def cases(level: str) -> pytest.MarkDecorator:
    """The cases that can happen at a level."""
    return pytest.mark.parametrize("case", [case for case in CASES if case.at(level)], ids=lambda case: case.name)


@requirement("server:adversary")
@pytest.mark.anyio
@cases(VERIFIER)
async def test_the_verifier_judges_each_token_as_the_table_says(case: Case) -> None:
    """The case's own source, in each way of checking that it is about."""
    for mode in case.modes:
        with anyio.fail_after(5):
            await judge_verifier(case, mode, memory_world())


@requirement("server:adversary")
@pytest.mark.anyio
@pytest.mark.parametrize(
    "file,mode", sorted({(case.file, mode) for case in CASES if case.at(APP) for mode in case.modes})
)
async def test_the_application_answers_each_request_as_the_table_says(file: str, mode: str) -> None:
    """The cases' own sources, in both eras: status, one sentence, challenge, reason in the log, no token there."""
    wrong: list[str] = []
    async with open_door(mode) as door:
        for case in CASES:
            if case.file == file and case.at(APP) and mode in case.modes:
                wrong += [fault async for fault in faults(case, door)]

    assert wrong == []


async def faults(case: Case, door: Door) -> AsyncIterator[str]:
    """What is not as the table says, in either era."""
    for era in (LEGACY, MODERN):
        try:
            with anyio.fail_after(5):
                await judge_app(case, door, era, memory_world())
        except AssertionError as error:
            yield f"{case.name} ({era}): {error}"


def test_the_table_is_large_and_each_case_says_where_it_comes_from() -> None:
    """Issue 5 §4: at least 60 cases, each with its source; and good ones, without which all refused would be green."""
    refused = [case for case in CASES if case.status != 200]

    assert len(refused) >= 60
    assert len(CASES) - len(refused) >= 15
    assert all(case.source and set(case.levels) <= set(LEVELS) and set(case.modes) <= set(MODES) for case in CASES)


def test_each_reason_has_a_case_and_each_case_a_reason_that_exists() -> None:
    """Issue 5 §2: the precise reason is in the log; a code that nothing provokes is a check that nothing proves."""
    in_log = {Reason.KEYS_UNUSABLE}  # written where the keys are fetched, and the caller is told KEYS_UNAVAILABLE
    provoked = set()
    for case in CASES:
        provoked |= set(case.reason.values()) if isinstance(case.reason, dict) else {case.reason}

    assert provoked - {None} == set(Reason) - in_log
