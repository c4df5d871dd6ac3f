"""The challenge's value: what a client parses out of it is what was put in."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambda_server.auth.challenge import quote, write_challenge
from tests.requirements import requirement

PRINTABLE = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E))
QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')


@requirement("server:quoting")
@given(PRINTABLE, PRINTABLE)
def test_no_value_ends_its_quotation_or_begins_another_parameter(description: str, url: str) -> None:
    """RFC 9110 §5.6.4: each value reads back as it was, whatever quotation marks and backslashes it holds."""
    written = write_challenge("invalid_token", description, url, ["a", "b"])
    values = [re.sub(r"\\(.)", r"\1", value) for value in QUOTED.findall(written)]

    assert values == ["invalid_token", description, url, "a b"]
    assert QUOTED.sub("", written) == "Bearer error=, error_description=, resource_metadata=, scope="


@requirement("server:quoting")
@pytest.mark.parametrize("value", ["a\nb", "a\rSet-Cookie: x", "é", "\x7f", "\0"])
def test_what_cannot_be_in_a_header_is_refused(value: str) -> None:
    """RFC 6750 §3: printable ASCII; CWE-113."""
    with pytest.raises(ValueError, match="printable ASCII"):
        quote(value)
