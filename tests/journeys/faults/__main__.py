"""
`python -m tests.journeys.faults`: all fault runs, in order, with what came of each.

Every round has a number that does not change as long as the program declares the same; a run can go on where an
earlier one was stopped, and one round can be repeated.
"""

import argparse
import itertools
import json
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from subprocess import TimeoutExpired
from typing import Any

from tests.journeys.faults.ground import Ground, ground, stop
from tests.journeys.faults.matrix import clean_run, rounds_of
from tests.journeys.faults.rounds import Round, play

Outcome = dict[str, Any]


def arguments(given: Sequence[str]) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="scripts/faults", description=__doc__.strip().partition("\n")[0])
    parser.add_argument("--from", dest="first", type=int, default=1, metavar="N", help="begin with round N")
    parser.add_argument("--steps", type=int, metavar="N", help="run so many rounds and stop")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="run only every N-th round")
    parser.add_argument("--only", default="", metavar="TEXT", help="run only rounds whose description has this text")
    parser.add_argument("--workers", type=int, default=2, metavar="N", help="so many rounds at a time (2)")
    parser.add_argument("--list", action="store_true", help="list the rounds and stop")
    parser.add_argument("--json", action="store_true", help="one JSON document on standard output at the end")
    return parser.parse_args(given)


def chosen(rounds: Sequence[Round], options: argparse.Namespace) -> list[tuple[int, Round]]:
    """Those of the rounds that the command line asks for, with their numbers."""
    numbered = [(number, item) for number, item in enumerate(rounds, 1) if number >= options.first]
    some = [(number, item) for number, item in numbered[:: options.every] if options.only in str(item)]
    return some[: options.steps]


class Runner:
    """
    Plays rounds, several at a time, each worker on a ground of its own, which it leaves for another when it is spoilt.

    Args:
        folder: where the grounds are.
    """

    def __init__(self, folder: Path, rounds: Sequence[tuple[int, Round]]) -> None:
        self._folder = folder
        self._rounds = list(rounds)
        self._total = len(rounds)
        self._places = itertools.count(1)
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self.outcomes: list[Outcome] = []

    def play(self, workers: int) -> None:
        """Play them all, or those under way when a person says stop."""
        with ThreadPoolExecutor(workers) as pool:
            try:
                for done in [pool.submit(self._work) for _ in range(workers)]:
                    done.result()
            except KeyboardInterrupt:
                self._stopped.set()
                print("stopping when the rounds under way are done (minutes) ...", file=sys.stderr, flush=True)
            except BaseException:
                self._stopped.set()
                raise

    @property
    def left(self) -> list[int]:
        """The numbers of the rounds that were not begun."""
        return [number for number, _ in self._rounds]

    def _work(self) -> None:
        while self._rounds and not self._stopped.is_set():
            with new_ground(self._folder, next(self._places)) as site:
                while (given := self._next()) and not self._play_one(site, *given):
                    pass

    def _next(self) -> tuple[int, Round] | None:
        with self._lock:
            return self._rounds.pop(0) if self._rounds and not self._stopped.is_set() else None

    def _play_one(self, site: Ground, number: int, round_: Round) -> str:
        """Play the round; what is wrong, or nothing."""
        started, wrong = time.monotonic(), ""
        try:
            play(round_, site)
        except (AssertionError, TimeoutExpired, OSError) as error:
            wrong = str(error) or repr(error)
        outcome = {"number": number, "round": str(round_), "seconds": round(time.monotonic() - started, 1)}
        with self._lock:
            self.outcomes.append({**outcome, "wrong": wrong})
            say(f"[{len(self.outcomes)}/{self._total}] {'FAILED' if wrong else 'ok'} {number} {round_} ", outcome)
            if wrong:
                print("    " + wrong.replace("\n", "\n    "), file=sys.stderr, flush=True)
        return wrong


@contextmanager
def new_ground(folder: Path, number: int) -> Iterator[Ground]:
    """A ground; what still runs on it at its end is ended."""
    place = folder / str(number)
    place.mkdir()
    with ground(place) as site:
        try:
            yield site
        finally:
            stop(site.processes())


def say(text: str, outcome: Outcome) -> None:
    """Tell how it went and how long it took."""
    print(f"{text}({outcome['seconds']} s)", file=sys.stderr, flush=True)


def summarize(outcomes: Sequence[Outcome], minutes: float) -> int:
    """Tell what failed and how to repeat it; 1 where something did."""
    failed = sorted((item for item in outcomes if item["wrong"]), key=lambda item: item["number"])
    print(f"{len(outcomes)} rounds in {minutes:.0f} minutes, {len(failed)} failed", file=sys.stderr)
    for item in failed:
        print(f"  scripts/faults --from {item['number']} --steps 1   # {item['round']}", file=sys.stderr)
    return 1 if failed else 0


def main(given: Sequence[str]) -> int:
    """Play the rounds that were asked for."""
    options, started = arguments(given), time.monotonic()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    with tempfile.TemporaryDirectory(prefix="mcp-okta-faults-") as folder:
        with new_ground(Path(folder), 0) as site:
            rounds = chosen(rounds_of(clean_run(site)), options)
        if options.list:
            print("\n".join(f"{number} {item}" for number, item in rounds))
            return 0
        runner = Runner(Path(folder), rounds)
        runner.play(options.workers)
    minutes = (time.monotonic() - started) / 60
    if options.json:
        found = sorted(runner.outcomes, key=lambda item: item["number"])
        print(json.dumps({"minutes": round(minutes, 1), "rounds": found}, indent=2))
    failed = summarize(runner.outcomes, minutes)
    if runner.left:
        print(f"{len(runner.left)} rounds were not played; go on with --from {runner.left[0]}", file=sys.stderr)
    return 130 if runner.left else failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
