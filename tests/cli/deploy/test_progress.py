"""cli/progress.py: what a person sees while the engine works."""

import io

from rich.console import Console

from cli.progress import Lines, LiveTree, counted
from environments.progress import Note, Progress, Step
from tests.requirements import requirement

PARENT = "urn:pulumi:l::p::mcp-okta:infra:McpFunction::function"
CHILD = "urn:pulumi:l::p::mcp-okta:infra:McpFunction$aws:lambda/function:Function::function"
ROLE = "urn:pulumi:l::p::mcp-okta:infra:McpFunction$aws:iam/role:Role::role"
EVENTS: list[Progress] = [
    Step(CHILD, PARENT, "create", "running"),
    Step(PARENT, "", "create", "running"),
    Step(ROLE, PARENT, "same", "done", 0.0),
    Step(CHILD, PARENT, "create", "done", 1.25),
    Note("look out", "warning"),
]


def printed(plan: bool = False) -> str:
    """The lines of these events."""
    console = Console(file=io.StringIO(), width=200)
    lines = Lines(console, plan)
    for event in EVENTS:
        lines(event)
    return console.file.getvalue()  # type: ignore[attr-defined,no-any-return]


def drawn(events: list[Progress]) -> str:
    """The tree after these events."""
    console = Console(file=io.StringIO(), width=200)
    tree = LiveTree("up local", console)
    for event in events:
        tree(event)
    console.print(tree)
    return console.file.getvalue()  # type: ignore[attr-defined,no-any-return]


@requirement("environments:progress")
def test_lines_say_what_changed_and_how_long_it_took() -> None:
    """Without a terminal: no line for what stayed the same (issue 3 §6)."""
    assert printed() == "  created aws Function function (1.2 s)\nwarning: look out\n"


def test_a_plan_says_what_would_happen() -> None:
    """Nothing was created by a preview (ours)."""
    assert printed(plan=True).splitlines()[:2] == [
        "  would create aws Function function",
        "  would create mcp-okta McpFunction function",
    ]


@requirement("environments:progress")
def test_the_tree_puts_a_resource_below_its_parent_even_when_heard_of_first() -> None:
    """Each with its state and duration (issue 3 §6)."""
    lines = drawn(EVENTS).splitlines()
    above = next(number for number, line in enumerate(lines) if "McpFunction function" in line)
    below = next(number for number, line in enumerate(lines) if "✓ aws Function function created (1.2 s)" in line)

    assert above < below
    assert len(lines[below]) - len(lines[below].lstrip(" │├└─")) > len(lines[above]) - len(lines[above].lstrip(" │├└─"))


def test_a_failed_resource_stays_visible() -> None:
    """Ours."""
    assert "✗ aws Role role failed" in drawn([Step(ROLE, "", "create", "failed")])


def test_counts_are_words() -> None:
    """The engine's own words are for the engine (ours)."""
    assert counted({"create": 2, "same": 3, "update": 0, "create-replacement": 1}) == (
        "2 created, 3 unchanged, 1 replacement created"
    )
