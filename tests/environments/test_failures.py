"""The engine's words become one message and one remedy."""

from pathlib import Path

import pytest

from environments.errors import (
    EngineFailed,
    EnvironmentsError,
    StackLocked,
    StackMissing,
    Unreachable,
    WrongPassphrase,
)
from environments.failures import Place, explain
from tests.requirements import requirement

PLACE = Place(Path("/repo"), "dev")
PASSPHRASE = "error: getting stack configuration: get stack secrets manager: incorrect passphrase"
LOCKED = "error: the stack is currently locked by 1 lock(s).\n  file:///x: created by a@b (pid 7) at 2026-01-01"


@requirement("environments:clear-errors")
@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        (PASSPHRASE, WrongPassphrase, "PULUMI_CONFIG_PASSPHRASE"),
        (LOCKED, StackLocked, "pulumi cancel --yes --stack dev"),
        ("error: no stack named 'dev' found", StackMissing, "mcp-okta up --stack dev"),
        ("error: no resource plugin 'pulumi-resource-okta' found", EngineFailed, "pulumi install"),
        (
            "error: PULUMI_ACCESS_TOKEN must be set for login during non-interactive sessions",
            EngineFailed,
            "pulumi login",
        ),
    ],
)
def test_each_wrong_turn_has_its_own_remedy(text: str, kind: type[EnvironmentsError], words: str) -> None:
    """Recorded from Pulumi 3.259.0 (issue 3, must show)."""
    error = explain(text, [], PLACE)

    assert type(error) is kind
    assert words in f"{error.message} {error.remedy}"
    assert error.exit_code == 1


def test_the_programs_own_error_keeps_its_words_and_its_remedy() -> None:
    """`infra` ends its messages with `→ remedy` (infra/errors.py); the engine's echoes are dropped."""
    said = "the configuration cannot be used:\n  - memory: 'lots'\n  → pulumi config set memory 1024"
    error = explain("", [said, "update failed"], PLACE)

    assert error.message == "the configuration cannot be used:\n  - memory: 'lots'"
    assert error.remedy == "pulumi config set memory 1024"


def test_an_address_that_does_not_answer_is_unreachable() -> None:
    """The message keeps the address (issue 3, must show)."""
    error = explain("", ["Okta cannot be reached at http://127.0.0.1:9: Connection refused"], PLACE)

    assert type(error) is Unreachable
    assert "127.0.0.1:9" in error.message


def test_a_conflict_leads_to_down() -> None:
    """What carries our marks and is in no state is what `down` deletes (design, environments)."""
    error = explain("", ["creating Role (mcp-okta-dev): EntityAlreadyExists"], PLACE)

    assert error.remedy == "mcp-okta down --stack dev"


def test_no_traceback_comes_through() -> None:
    """Errors are one message, never a traceback (design, exit codes)."""
    crash = (
        'it failed:\nTraceback (most recent call last):\n  File "a.py", line 1, in <module>\n    x()\nNameError: x\n'
    )

    assert explain("", [crash], PLACE).message == "it failed:\nNameError: x"
