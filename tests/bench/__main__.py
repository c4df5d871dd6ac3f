"""The measurements behind `scripts/bench`."""

import argparse
import sys

from tests.bench import auth, load, local


def say(text: str) -> None:
    """Progress goes to stderr; figures go to stdout."""
    print(text, file=sys.stderr, flush=True)


def main() -> int:
    """Run the measurement that the command line names, and print its figures; 1 where they are not good enough."""
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("what", choices=("local", "auth", "load"))
    parser.add_argument("--calls", type=int, default=400, help="local, auth: calls of each kind (400)")
    parser.add_argument("--rounds", type=int, default=3, help="load: rounds, the first being the warm-up (3)")
    parser.add_argument("--json", action="store_true", help="one JSON document on stdout")
    asked = parser.parse_args()
    if asked.what == "load":
        report = load.run(asked.rounds, asked.json, say)
    else:
        report = {"local": local, "auth": auth}[asked.what].run(asked.calls, asked.json, say)
    print(report.text)
    if report.problem:
        say(report.problem)
    return 1 if report.problem else 0


if __name__ == "__main__":
    sys.exit(main())
