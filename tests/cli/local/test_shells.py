"""Unit tests for variables as a shell's words, read back by the shell itself."""

import os
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cli.shells import fish_lines, fish_quote, sh_lines
from tests.requirements import requirement

NASTY = ["", "plain", "a b", "it's", '"$HOME" `id` $(id) \\ !', "two\nlines", "*", "~", "-n", "ü → €", ";exit 7;"]


def read_back(lines: str, name: str) -> str:
    """What the variable holds in a shell that has evaluated the lines."""
    script = f'eval "$LINES_OF_ENV"; printf %s "${{{name}-unset}}"'
    env = {"PATH": os.defpath, "LINES_OF_ENV": lines, "GONE": "still here"}
    return subprocess.run(["sh", "-c", script], env=env, capture_output=True, check=True, timeout=5).stdout.decode()


@requirement("local:shell-words")
@pytest.mark.parametrize("value", NASTY)
def test_a_shell_reads_back_what_was_written(value: str) -> None:
    """Nothing is expanded, split or run (POSIX Shell Command Language 2.2.2)."""
    assert read_back("\n".join(sh_lines({"GIVEN": value})), "GIVEN") == value


def test_what_is_none_is_unset() -> None:
    """Unset, not empty: an empty AWS_PROFILE is a profile (design: local env unsets)."""
    assert read_back("\n".join(sh_lines({"GONE": None})), "GONE") == "unset"


def test_the_lines_survive_an_unquoted_evaluation() -> None:
    """`eval $(mcp-okta local env)` loses the line ends, and each line ends with a semicolon (ours)."""
    lines = " ".join(sh_lines({"GONE": None, "GIVEN": "x"}))

    assert read_back(lines, "GIVEN") == "x"


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",))))
@settings(max_examples=200)
def test_fish_quotes_what_it_must_and_nothing_else(value: str) -> None:
    """Inside single quotes only the backslash and the quote are special (fish, the language: quotes)."""
    inner = fish_quote(value)[1:-1]
    read, rest = "", inner
    while rest:
        escaped = rest[0] == "\\" and rest[1:2] in ("\\", "'")
        assert escaped or rest[0] not in ("\\", "'")
        read, rest = read + rest[1 if escaped else 0], rest[2 if escaped else 1 :]

    assert read == value


def test_fish_has_its_path_as_a_list() -> None:
    """One word per folder (fish, the language: PATH variables)."""
    lines = list(fish_lines({"PATH": "/a b:/c", "GONE": None, "GIVEN": "x:y"}))

    assert lines == ["set -gx PATH '/a b' '/c';", "set -e GONE;", "set -gx GIVEN 'x:y';"]
