"""`scripts/check mutants`: take each check of lambda_server/auth away, one at a time, and see that it is missed."""

import json
import sys
import time
from pathlib import Path

from tests.mutants.mutate import Mutant
from tests.mutants.run import CONTROL, all_mutants, survivors

EQUIVALENT = Path(__file__).with_name("equivalent.json")


def equivalents() -> dict[str, str]:
    """The mutants that change nothing that anybody could see, each with the reason why."""
    return dict(json.loads(EQUIVALENT.read_text()))


def main(words: list[str]) -> int:
    """Print the survivors; 1 where there are any, where a justification is about nothing, or where nothing may live."""
    started, found, justified = time.monotonic(), all_mutants(), equivalents()
    chosen = [mutant for mutant in found if mutant.name not in justified and _meant(mutant, words)]
    left = set(survivors([CONTROL, *chosen]))
    faults = [f"survivor: {name}" for name in sorted(left - {CONTROL.name})]
    faults += [f"no such mutant: {name}" for name in sorted(justified.keys() - {mutant.name for mutant in found})]
    if CONTROL.name not in left:
        faults.append(f"{CONTROL.name} does not survive: mend the tests first")
    seconds = f"{time.monotonic() - started:.0f} s"
    print(*faults, f"{len(chosen)} mutants, {len(justified)} justified; survivors: ", sep="\n", end="")
    print(f"{len(left - {CONTROL.name}) or 'none'} ({seconds})")
    return 1 if faults else 0


def _meant(mutant: Mutant, words: list[str]) -> bool:
    return not words or any(word in mutant.name for word in words)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
