"""What happened, step by step, and how long it took: printed as it happens, and as JSON at the end."""

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console


class Step:
    """One step: its title, the facts it found, its duration in seconds."""

    def __init__(self, console: Console, title: str) -> None:
        self._console = console
        self.title = title
        self.facts: dict[str, Any] = {}
        self.seconds = 0.0

    def note(self, name: str, value: Any) -> None:
        """Keep a fact and print it, one line."""
        self.facts[name] = value
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        self._console.print(f"    {name}: {text}", markup=False, highlight=False, soft_wrap=True)


class Ledger:
    """The steps of one demo, in order."""

    def __init__(self) -> None:
        self._console = Console(file=sys.stderr, highlight=False)
        self._started = time.monotonic()
        self.steps: list[Step] = []

    @contextmanager
    def step(self, title: str) -> Iterator[Step]:
        """Print the title, run the step, print how long it took."""
        number = len(self.steps) + 1
        self._console.print(f"[bold]{number:2}. {title}[/bold]")
        step = Step(self._console, title)
        self.steps.append(step)
        started = time.monotonic()
        try:
            yield step
        finally:
            step.seconds = round(time.monotonic() - started, 2)
        self._console.print(f"    [green]done[/green] in {step.seconds:.1f} s")

    def say(self, text: str) -> None:
        """Print a line for the person."""
        self._console.print(text, markup=False)

    @property
    def seconds(self) -> float:
        """Seconds since the demo began."""
        return round(time.monotonic() - self._started, 1)

    def as_json(self) -> str:
        """All steps as one document: `{"seconds": …, "steps": [{"title", "seconds", "facts"}]}`."""
        steps = [{"title": s.title, "seconds": s.seconds, "facts": s.facts} for s in self.steps]
        return json.dumps({"seconds": self.seconds, "steps": steps}, indent=2)
