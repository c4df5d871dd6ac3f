"""The measurements behind `scripts/bench`."""

import argparse
import sys

from tests.bench import auth, load, local


def say(text: str) -> None:
    """Progress goes to stderr; figures go to stdout."""
    print(text, file=sys.stderr, flush=True)


def main() -> None:
    """Run the measurement that the command line names, and print its figures."""
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("what", choices=("local", "auth", "load"))
    parser.add_argument("--calls", type=int, default=400, help="local, auth: calls of each kind (400)")
    parser.add_argument("--rounds", type=int, default=3, help="load: rounds, the first being the warm-up (3)")
    parser.add_argument("--json", action="store_true", help="one JSON document on stdout")
    asked = parser.parse_args()
    if asked.what == "load":
        print(load.run(asked.rounds, asked.json, say))
    else:
        print({"local": local, "auth": auth}[asked.what].run(asked.calls, asked.json, say))


if __name__ == "__main__":
    main()
