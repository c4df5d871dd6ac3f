"""`scripts/bench load`: 200 people sign in at once and call tools 2,000 times; nothing fails, nothing grows."""

import asyncio
import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from itertools import cycle, islice
from pathlib import Path

import httpx2

from tests.bench.deployment import Deployment, deployment, sign_in
from tests.bench.figures import Report, pairs
from tests.bench.processes import Held, held_by_daemon, held_by_functions
from tests.bench.requests import BODY, headers, is_answered

SIGN_INS, CALLS = 200, 2000
CALLERS = 32
PEOPLE = (("reader@example.com", "mcp:read offline_access"), ("editor@example.com", "mcp:read mcp:write openid"))


@dataclass(frozen=True)
class Round:
    """One round of load: how long it took, what failed, what the processes held at its end."""

    sign_in_seconds: float
    call_seconds: float
    errors: list[str]
    daemon: Held
    functions: Held


def run(rounds: int, json_wanted: bool, say: Callable[[str], None]) -> Report:
    """Deploy, let the rounds run, and report; the first round is the warm-up."""
    say("deploying an environment of its own ...")
    with deployment() as deployed:
        done = [load(deployed, SIGN_INS, CALLS, say) for _ in range(rounds)]
    failed = sum(len(one.errors) for one in done)
    problem = f"{failed} sign-ins or calls failed" if failed else ""
    if json_wanted:
        figures = {"sign_ins": SIGN_INS, "calls": CALLS, "rounds": [asdict(one) for one in done]}
        return Report(json.dumps(figures), problem)
    return Report("\n".join(line for number, one in enumerate(done, 1) for line in _lines(number, one)), problem)


def load(deployed: Deployment, sign_ins: int, calls: int, say: Callable[[str], None]) -> Round:
    """One round: all sign-ins at once, then the calls by a fixed number of callers."""
    return asyncio.run(_load(deployed, sign_ins, calls, say))


def call_again(deployed: Deployment, calls: int) -> Round:
    """A round of calls alone, with two people's tokens."""
    return asyncio.run(_load(deployed, len(PEOPLE), calls, lambda _: None))


async def _load(deployed: Deployment, sign_ins: int, calls: int, say: Callable[[str], None]) -> Round:
    outputs, root = deployed.outputs, deployed.checkout.root
    started = time.perf_counter()
    people = islice(cycle(PEOPLE), sign_ins)
    answers = await asyncio.gather(*(sign_in(outputs, *person) for person in people), return_exceptions=True)
    signed_in = time.perf_counter()
    tokens = [answer["access_token"] for answer in answers if isinstance(answer, dict)]
    errors = [f"sign-in: {answer!r}" for answer in answers if isinstance(answer, BaseException)]
    say(f"{len(tokens)} signed in within {signed_in - started:.1f} s; now {calls} calls ...")
    errors += await _call(outputs["url"], tokens, calls)
    ended = time.perf_counter()
    return Round(round(signed_in - started, 2), round(ended - signed_in, 2), errors, *_held(root))


async def _call(url: str, tokens: list[str], calls: int) -> list[str]:
    """Call the tool so many times, with the tokens in turn; what went wrong, one line each."""
    if not tokens:
        return ["calls: nobody was signed in"]
    waiting = iter(islice(cycle(tokens), calls))
    errors: list[str] = []
    limits = httpx2.Limits(max_connections=CALLERS)

    async def caller(http: httpx2.AsyncClient) -> None:
        for token in waiting:
            problem = await _one_call(http, url, token)
            if problem:
                errors.append(problem)

    async with httpx2.AsyncClient(timeout=60, limits=limits) as http:
        await asyncio.gather(*(caller(http) for _ in range(CALLERS)))
    return errors


async def _one_call(http: httpx2.AsyncClient, url: str, token: str) -> str | None:
    try:
        answer = await http.post(url, content=BODY, headers=headers(token))
    except httpx2.HTTPError as error:
        return f"call: {type(error).__name__}"
    return None if is_answered(answer.status_code, answer.content) else f"call: {answer.status_code}"


def _held(root: Path) -> tuple[Held, Held]:
    return held_by_daemon(root), held_by_functions(root)


def round_figures(one: Round) -> dict[str, object]:
    """The figures of a round in words."""
    return {
        "sign-ins": f"{SIGN_INS} in {one.sign_in_seconds} s, {SIGN_INS / one.sign_in_seconds:.0f} a second",
        "tool calls": f"{CALLS} in {one.call_seconds} s, {CALLS / one.call_seconds:.0f} a second",
        "errors": f"{len(one.errors)} {' '.join(sorted(set(one.errors))[:3])}".rstrip(),
        "local cloud": f"{one.daemon.memory_mib} MiB, {one.daemon.descriptors} descriptors",
        "function": f"{one.functions.processes} processes, {one.functions.memory_mib} MiB, "
        f"{one.functions.descriptors} descriptors",
    }


def _lines(number: int, one: Round) -> list[str]:
    title = f"round {number}{' (warm-up)' if number == 1 else ''}"
    return [title, *(f"  {line}" for line in pairs(round_figures(one)))]
