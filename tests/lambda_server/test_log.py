"""Log lines: one each, whatever a stranger wrote, and no token in any of them."""

import json
import logging
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambda_server.log import LONGEST_EXCERPT, LONGEST_MESSAGE, JsonLines, excerpt
from tests.lambda_server.okta_in_memory import OktaInMemory
from tests.requirements import requirement


def line(message: str, **fields: object) -> str:
    """A line as it is written."""
    record = logging.LogRecord("lambda_server.x", logging.WARNING, __file__, 1, message, None, None)
    record.fields = fields
    return JsonLines().format(record)


@requirement("server:log")
@given(st.text())
def test_no_text_of_a_stranger_makes_a_second_line(text: str) -> None:
    """CWE-117: a line break, a control character or a surrogate in a message or a field stays inside its line."""
    written = line(text, detail=excerpt(text), name=text)

    assert written.isascii() and written.isprintable()
    assert isinstance(json.loads(written), dict)


@requirement("server:log")
def test_what_looks_like_a_token_is_taken_out_of_every_line(okta: OktaInMemory) -> None:
    """CWE-532: the last line of defence, for a message or an exception that quotes one, whole or cut."""
    token = okta.token()
    try:
        raise RuntimeError(f"Bearer {token} is wrong")
    except RuntimeError:
        record = logging.LogRecord("x", logging.ERROR, __file__, 1, f"failed: {token[:30]}", None, sys.exc_info())
    record.fields = {"name": token, "deep": {"list": [token.split(".")[1]]}}
    written = JsonLines().format(record)

    assert not any(part[:20] in written for part in token.split("."))
    assert json.loads(written)["name"] == "[token]"


@pytest.mark.parametrize(
    "value,shown",
    [
        ("k1", "'k1'"),
        ("a\nb", "'a\\nb'"),
        ("ｋ", "'\\uff4b'"),
        (None, "None"),
        (1.5, "1.5"),
        ([[[]]], "list of 1"),
        ({"a": 1}, "dict of 1"),
    ],
)
def test_an_excerpt_is_printable_and_shows_what_was_sent(value: object, shown: str) -> None:
    """Homoglyphs are seen for what they are (Unicode TR39); nothing deep is written out."""
    assert excerpt(value) == shown


@pytest.mark.parametrize("value", ["x" * 10_000, "é" * 10_000, 10**4000])
def test_an_excerpt_is_short(value: object) -> None:
    """A stranger does not decide how long our lines are (ours)."""
    assert len(excerpt(value)) <= LONGEST_EXCERPT + 1


@pytest.mark.parametrize("length", [LONGEST_MESSAGE - 1, LONGEST_MESSAGE, LONGEST_MESSAGE + 1, 100_000])
def test_a_message_is_cut(length: int) -> None:
    """Nor how long a library's message about what they sent is (CWE-400); the bound itself is in."""
    assert json.loads(line("x" * length))["message"] == "x" * min(length, LONGEST_MESSAGE)
