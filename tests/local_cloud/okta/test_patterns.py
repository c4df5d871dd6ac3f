"""Regular expressions for the names of groups: Python's own answers, without Python's way to them."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local_cloud.okta.claims import refuse_unknown_pattern
from local_cloud.okta.errors import OktaError
from local_cloud.okta.patterns import read_pattern
from tests.requirements import requirement

ATOMS = st.sampled_from(["a", "b", ".", "[ab]", "[^a-b]", r"\w", r"\d", r"\-", "é"])
TIMES = st.sampled_from(["*", "+", "?", "*?", "{2}", "{1,2}", "{0,3}", "{2,}", "{0}"])
PATTERNS = st.recursive(
    ATOMS,
    lambda inner: (
        st.tuples(inner, inner).map("".join)
        | st.tuples(inner, inner).map(lambda pair: f"({pair[0]}|{pair[1]})")
        | inner.map(lambda part: f"(?:{part}|)")
        | st.tuples(inner, TIMES).map(lambda pair: f"({pair[0]}){pair[1]}")
    ),
    max_leaves=8,
)


@requirement("okta:claims")
@given(PATTERNS, st.text("ab-1é", max_size=7))
def test_a_pattern_takes_what_pythons_own_matcher_takes(pattern: str, name: str) -> None:
    """Java's classes are of ASCII, and the whole name is meant (Okta, customize tokens; java.util.regex.Pattern)."""
    expected = re.fullmatch(pattern, name, re.ASCII) is not None

    assert read_pattern(pattern)(name) == expected
    assert read_pattern(f"^{pattern}$")(name) == expected


@requirement("okta:claims")
@pytest.mark.parametrize(
    "pattern", ["(a+)+b", "(a|a)*b", "(a|aa)+b", "((a*)*)*b", "a*a*a*a*a*a*a*a*b", "(.*a){20}b", "(a?){200}a*b"]
)
def test_no_pattern_takes_exponential_time(pattern: str) -> None:
    """A name of 255 letters; a matcher that tries one way after the other would not come back (OWASP, ReDoS)."""
    assert read_pattern(pattern)("a" * 255) is False
    assert read_pattern(pattern)("a" * 254 + "b") is True


@requirement("okta:claims")
@pytest.mark.parametrize(
    ("pattern", "part"),
    [
        ("(", "the end"),
        ("a)", ")"),
        ("*a", "*a"),
        ("a**", "*"),
        ("a++", "+"),
        ("a{3,2}", "{3,2}"),
        ("[z-a]", "[z-a]"),
        ("[a&&b]", "[a&&b]"),
        ("[[a]]", "[[a]]"),
        ("a$b", "b"),
        ("x(?=a)", "(?=a)"),
        ("(?!a).*", "(?!a).*"),
        ("(?i)a", "(?i)a"),
        (r"(a)\1", r"\1"),
        (r"\bmcp", r"\bmcp"),
        ("a{999}", "more than 500 parts"),
        ("(((){999}){999}){999}", "more than 500 parts"),
    ],
)
def test_another_pattern_is_refused_with_the_part_that_is_unknown(pattern: str, part: str) -> None:
    """Unknown means refused, by name (ours)."""
    with pytest.raises(OktaError) as caught:
        refuse_unknown_pattern(pattern)

    assert caught.value.code == "E0000001"
    assert f"does not evaluate '{part}' in a regular expression" in caught.value.causes[0]


def test_a_pattern_too_deep_to_read_is_refused() -> None:
    """Before Python gives up on it (ours)."""
    with pytest.raises(OktaError):
        refuse_unknown_pattern("(" * 500 + "a" + ")" * 500)
