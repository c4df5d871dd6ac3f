"""`scripts/bench local`: what front door and runtime add to the function's own time, in one run, in turn."""

import asyncio
import logging
import os
import time
from collections.abc import Callable, Mapping
from typing import Any

from lambda_server.gateway import Gateway
from lambda_server.log import configure
from lambda_server.server import build_app
from lambda_server.settings import Settings
from tests.bench.deployment import deployment, sign_in
from tests.bench.figures import Report, Timing, as_json, timing_table
from tests.bench.requests import Caller, Context, event, is_answered

WARM_UP = 30
MOST_MS = 3.0  # what front door and runtime may add to the function's own time


def run(calls: int, json_wanted: bool, say: Callable[[str], None]) -> Report:
    """Measure and report; the cases run in turn, so that the machine's moods meet all of them."""
    say("deploying an environment of its own ...")
    with deployment() as deployed:
        outputs = deployed.outputs
        tokens = asyncio.run(sign_in(outputs, "reader@example.com", "mcp:read"))
        say(f"{calls} calls of each kind, in turn ...")
        own, whole = _measure(outputs, tokens["access_token"], calls)
    added = round(whole.median_ms - own.median_ms, 3)
    problem = too_slow(added)
    if json_wanted:
        return Report(as_json((own, whole), added_median_ms=added, most_ms=MOST_MS), problem)
    lines = [*timing_table((own, whole), own), f"front door and runtime add {added:.3f} ms (median)"]
    return Report("\n".join(lines), problem)


def too_slow(added_ms: float) -> str:
    """What is wrong with that, or nothing."""
    return f"{added_ms:.3f} ms is more than the {MOST_MS:g} ms that may be added" if added_ms >= MOST_MS else ""


def _measure(outputs: Mapping[str, Any], token: str, calls: int) -> tuple[Timing, Timing]:
    handler, caller = function_in_process(outputs), Caller(outputs["url"], token)
    sent = event(outputs["url"], token)

    def own() -> None:
        answer = handler(sent, Context())
        if not is_answered(answer["statusCode"], answer["body"]):
            raise RuntimeError(f"the function answered {answer['statusCode']}: {answer['body'][:200]}")

    try:
        own_seconds, whole_seconds = in_turn((own, caller), calls)
    finally:
        caller.close()
        handler.close()
    return Timing.of("the function by itself, in process", own_seconds), Timing.of(
        "through front door and runtime", whole_seconds
    )


def function_in_process(outputs: Mapping[str, Any]) -> Gateway:
    """The deployed function's handler, with the deployed function's settings, in this process."""
    log_to_nowhere()
    return Gateway(build_app(settings_in_process(outputs)))


def settings_in_process(outputs: Mapping[str, Any], **changes: str) -> Settings:
    """The deployed function's settings, with these changes."""
    environment = {
        "MCP_URL": outputs["url"],
        "OKTA_ISSUER": outputs["issuer"],
        "OKTA_CLIENT_IDS": outputs["client_id"],
        "BASE_SCOPES": " ".join(outputs["base_scopes"]),
        **changes,
    }
    return Settings.from_environment(environment)


def log_to_nowhere() -> None:
    """Log as the function does, line by line, without a terminal that would be measured too."""
    configure("INFO")
    for handler in logging.getLogger().handlers:
        if isinstance(handler, logging.StreamHandler):
            handler.setStream(open(os.devnull, "w"))  # noqa: SIM115 - it is needed until the process ends


def in_turn(cases: tuple[Callable[[], None], ...], calls: int) -> list[list[float]]:
    """Seconds of each call of each case, A B A B …, after a warm-up of each."""
    for case in cases:
        for _ in range(WARM_UP):
            case()
    seconds: list[list[float]] = [[] for _ in cases]
    for _ in range(calls):
        for case, taken in zip(cases, seconds, strict=True):
            started = time.perf_counter()
            case()
            taken.append(time.perf_counter() - started)
    return seconds
