"""The README and the scripts say the same. Source: issue 3, the last line of "must show"."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.requirements import requirement

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text()


def first_commands() -> list[str]:
    """The commands of the README's first code block."""
    block = re.search(r"```sh\n(.*?)```", README, re.S)
    assert block, "the README has no code block"
    return [line.split("#")[0].strip() for line in block.group(1).splitlines() if line.strip()]


@requirement("shape:readme")
def test_the_two_commands_are_the_demo_and_the_tests() -> None:
    """What the README shows first is what exists and what CI runs (issue 3)."""
    assert first_commands() == ["scripts/demo", "scripts/test"]
    assert all(os.access(ROOT / command, os.X_OK) for command in first_commands())
    assert (ROOT / ".ci/run").read_text().rstrip().endswith("exec scripts/test")


def test_every_file_that_the_readme_links_to_exists() -> None:
    """A link into the repository leads somewhere (ours)."""
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", README)

    assert [link for link in links if not (ROOT / link).exists()] == []
    assert len(links) > 5


@pytest.mark.parametrize("command", sorted(set(re.findall(r"\bmcp-okta ((?:local |env )?[a-z-]+)", README))))
def test_every_command_in_the_readme_exists(command: str) -> None:
    """`mcp-okta COMMAND --help` answers for each command that the README names (ours)."""
    done = subprocess.run(
        [str(ROOT / ".venv/bin/mcp-okta"), *command.split(), "--help"],
        capture_output=True,
        text=True,
        timeout=30,
    )

    assert done.returncode == 0, done.stderr
