"""What the engine does, as a person sees it: a live tree on a terminal, plain lines elsewhere; all of it on stderr."""

import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from rich.console import Console
from rich.live import Live
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from environments.progress import Note, OnProgress, Progress, Step, Sum

DONE = {
    "create": "created",
    "update": "updated",
    "delete": "deleted",
    "same": "unchanged",
    "replace": "replaced",
    "create-replacement": "replacement created",
    "delete-replaced": "predecessor deleted",
    "refresh": "looked at",
    "read": "read",
}
SILENT = ("same", "read", "refresh")


@contextmanager
def shown(title: str, plan: bool = False) -> Iterator[OnProgress]:
    """
    Show progress while this lasts.

    Args:
        plan: nothing is changed, only planned.
    """
    console = Console(file=sys.stderr, highlight=False)
    if not console.is_terminal:
        yield Lines(console, plan)
        return
    tree = LiveTree(title, console)
    with Live(tree, console=console, refresh_per_second=8):
        yield tree


class Lines:
    """One line for each resource that changed, and for each note."""

    def __init__(self, console: Console, plan: bool) -> None:
        self._console = console
        self._plan = plan

    def __call__(self, progress: Progress) -> None:
        """Take one piece of progress."""
        if isinstance(progress, Note):
            prefix = "" if progress.severity == "info" else f"{progress.severity}: "
            self._print(f"{prefix}{progress.text}")
        elif isinstance(progress, Step) and progress.state == "failed":
            self._print(f"  failed: {progress.operation} {progress.kind} {progress.name}")
        elif isinstance(progress, Step) and self._counts(progress):
            word = f"would {progress.operation}" if self._plan else DONE.get(progress.operation, progress.operation)
            seconds = "" if self._plan else f" ({progress.seconds:.1f} s)"
            self._print(f"  {word} {progress.kind} {progress.name}{seconds}")

    def _counts(self, step: Step) -> bool:
        """A plan announces its steps; a run ends them."""
        return step.operation not in SILENT and step.state == ("running" if self._plan else "done")

    def _print(self, text: str) -> None:
        self._console.print(text, markup=False, soft_wrap=True)


@dataclass
class Row:
    """What is known of one resource."""

    step: Step
    since: float


class LiveTree:
    """The resources as a tree, each with what happens to it and how long it takes."""

    def __init__(self, title: str, console: Console) -> None:
        self._title = title
        self._console = console
        self._rows: dict[str, Row] = {}
        self._lock = threading.RLock()  # a signal may draw in the middle of drawing
        self._spinner = Spinner("dots")
        self._waiting = Spinner("dots", "the program runs")

    def __call__(self, progress: Progress) -> None:
        """Take one piece of progress."""
        if isinstance(progress, Note):
            style = "yellow" if progress.severity == "warning" else ""
            self._console.print(Text(progress.text, style=style))
        elif isinstance(progress, Step):
            with self._lock:
                self._rows[progress.urn] = Row(progress, time.monotonic())

    def __rich__(self) -> Tree:
        """Draw the tree as it is now."""
        with self._lock:
            rows = dict(self._rows)
        root = Tree(Text(self._title, style="bold"))
        if not rows:
            root.add(self._waiting)
        branches: dict[str, Tree] = {}
        for urn in rows:
            self._attach(urn, rows, branches, root)
        return root

    def _attach(self, urn: str, rows: Mapping[str, Row], branches: dict[str, Tree], root: Tree) -> Tree:
        """Add a resource below its parent, whichever of the two was heard of first."""
        if urn not in branches:
            parent = rows[urn].step.parent
            above = self._attach(parent, rows, branches, root) if parent in rows else root
            branches[urn] = above.add(self._line(rows[urn]))
        return branches[urn]

    def _line(self, row: Row) -> Table | Text:
        step = row.step
        if step.state == "running":
            line = Table.grid(padding=(0, 1))
            line.add_row(self._spinner, f"{step.kind} {step.name}", f"{time.monotonic() - row.since:.1f} s")
            return line
        if step.state == "failed":
            return Text(f"✗ {step.kind} {step.name} failed", style="red")
        if step.operation in SILENT:
            return Text(f"· {step.kind} {step.name}", style="dim")
        return Text(f"✓ {step.kind} {step.name} {DONE.get(step.operation, step.operation)} ({step.seconds:.1f} s)")


def counted(changes: Mapping[str, int]) -> str:
    """The engine's counts in words: `3 created, 1 updated, 18 unchanged`."""
    return ", ".join(f"{count} {DONE.get(word, word)}" for word, count in changes.items() if count)


__all__ = ["Lines", "LiveTree", "Sum", "counted", "shown"]
