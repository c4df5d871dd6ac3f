"""What the engine tells while it works, in our own words: resources that start and end, notes, and the sum."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from pulumi.automation import OpType
from pulumi.automation.events import EngineEvent, StepEventMetadata

# The engine's own: the stack as a resource, and the connections to the clouds.
STACK, CONNECTION = "pulumi:pulumi:Stack", "pulumi:providers:"
ENGINES_OWN = (STACK, CONNECTION)
# What the engine says each time about a program of ours that it finds on PATH.
OUR_DOING = "using pulumi-language-python from $PATH"


@dataclass(frozen=True)
class Step:
    """
    One resource began, ended or failed.

    Args:
        state: `running`, `done` or `failed`.
        operation: the engine's word: create, update, delete, same, replace, refresh, …
        seconds: how long it took; 0.0 while it runs.
    """

    urn: str
    parent: str
    operation: str
    state: str
    seconds: float = 0.0

    @property
    def kind(self) -> str:
        """The resource's type without its module: `aws:lambda/function:Function` → `aws Function`."""
        return kind_of(self.urn)

    @property
    def name(self) -> str:
        """The name that the program gave it."""
        return name_of(self.urn)


@dataclass(frozen=True)
class Note:
    """A sentence for the person; `severity` is info or warning."""

    text: str
    severity: str = "info"


@dataclass(frozen=True)
class Sum:
    """How many resources were created, updated, …: the engine's words → counts."""

    changes: Mapping[str, int] = field(default_factory=dict)


Progress = Step | Note | Sum
OnProgress = Callable[[Progress], None]


def quiet(progress: Progress) -> None:
    """Nobody is told."""


class Listener:
    """
    Turns engine events into progress, and keeps what the engine complains about.

    Args:
        on_progress: told in a thread of the SDK.
        muted: whether what a program says on its way out is of no interest any more.
    """

    def __init__(self, on_progress: OnProgress, muted: Callable[[], bool] = lambda: False) -> None:
        self._on_progress = on_progress
        self._muted = muted
        self._started: dict[str, float] = {}
        self.errors: list[str] = []
        self.changes: dict[str, int] = {}
        self.failed_creations: list[dict[str, Any]] = []

    def begin_again(self) -> None:
        """Forget what went wrong; the engine is asked a second time."""
        self.errors.clear()
        self.failed_creations.clear()

    def __call__(self, event: EngineEvent) -> None:
        """Take one event."""
        if pre := event.resource_pre_event:
            self._begin(pre.metadata)
        elif outputs := event.res_outputs_event:
            self._end(outputs.metadata, "done")
        elif failed := event.res_op_failed_event:
            self._end(failed.metadata, "failed")
            self._keep_creation(failed.metadata)
        elif event.summary_event:
            self.changes = {str(getattr(op, "value", op)): n for op, n in event.summary_event.resource_changes.items()}
            self._on_progress(Sum(self.changes))
        elif diagnostic := event.diagnostic_event:
            self._diagnose(diagnostic.severity, diagnostic.message, diagnostic.urn or "")

    def _begin(self, step: StepEventMetadata) -> None:
        if not step.type.startswith(ENGINES_OWN):
            self._started[step.urn] = monotonic()
            self._on_progress(Step(step.urn, _parent(step), str(step.op.value), "running"))

    def _end(self, step: StepEventMetadata, state: str) -> None:
        if not step.type.startswith(ENGINES_OWN):
            seconds = monotonic() - self._started.get(step.urn, monotonic())
            self._on_progress(Step(step.urn, _parent(step), str(step.op.value), state, seconds))

    def _keep_creation(self, step: StepEventMetadata) -> None:
        """Keep what was to be created in the form of the state's pending operations: it may be there all the same."""
        if step.op in (OpType.CREATE, OpType.CREATE_REPLACEMENT) and step.new:
            resource = {"type": step.type, "urn": step.urn, "inputs": dict(step.new.inputs or {})}
            self.failed_creations.append({"type": "creating", "resource": resource})

    def _diagnose(self, severity: str, message: str, urn: str) -> None:
        text = plain(message).strip()
        if severity == "error":
            subject = subject_of(urn)
            named = f"{subject}: {text}" if subject else text
            self.errors.extend([] if named in self.errors else [named])
        elif severity in ("warning", "info#err") and text and not text.startswith(OUR_DOING) and not self._muted():
            self._on_progress(Note(text, "warning" if severity == "warning" else "info"))


def kind_of(urn: str) -> str:
    """The type in a URN without its module: `okta Server`."""
    package, _, rest = urn.split("::")[2].rsplit("$", 1)[-1].partition(":")
    return f"{package} {rest.rsplit(':', 1)[-1]}"


def subject_of(urn: str) -> str:
    """What a complaint is about: a resource, the plugin of a connection, or, for the stack as a whole, nothing."""
    if not urn or f"::{STACK}::" in urn:
        return ""
    kind, provider = kind_of(urn), urn.split("::")[2].partition(CONNECTION)[2]
    return f"the plugin {provider}" if provider else f"{kind} {name_of(urn)}"


def name_of(urn: str) -> str:
    """The name in a URN, which the program gave."""
    return urn.rsplit("::", 1)[-1]


def plain(message: str) -> str:
    """The text without the engine's colour marks."""
    return re.sub(r"<\{%.*?%\}>", "", message)


def _parent(step: StepEventMetadata) -> str:
    state = step.new or step.old
    return state.parent if state else ""
