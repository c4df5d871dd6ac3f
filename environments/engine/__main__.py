"""`python -m environments.engine`: see to it that the engine is there, and print its path."""

import sys

from environments.engine import get_engine
from environments.errors import EngineMissing


def main() -> int:
    """Print the path on stdout and everything else on stderr; the answer is the exit code."""
    try:
        print(get_engine(say).path)
    except EngineMissing as error:
        say(f"error: {error.message}\n  → {error.remedy}")
        return error.exit_code
    return 0


def say(text: str) -> None:
    """Tell the person what happens."""
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
