"""Log lines: one each, whatever a stranger wrote, and no token in any of them."""

import json
import logging
import sys
from collections.abc import Iterator

import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from lambda_server.errors import BadSettings, NotesUnavailable
from lambda_server.log import LONGEST_EXCERPT, LONGEST_MESSAGE, JsonLines, configure, excerpt
from lambda_server.notes import Notes
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


@requirement("server:log")
@pytest.mark.parametrize("uid", ["00u1aeyJ9fKqT2LmP5d7", "eyJ45678901234567890"[:19], "HarveyJohnson@example.com"])
def test_an_id_in_which_a_token_s_first_letters_stand_is_left_whole(uid: str) -> None:
    """Who did what: two people must not become one in the log. Okta's ids have 20 characters (facts/okta.md)."""
    assert json.loads(line("call", uid=uid))["uid"] == uid


def raised(error: BaseException, logger: str = "lambda_server.x", *, quote: bool = False) -> str:
    """What a line says of an exception that a handler raised."""
    try:
        raise error
    except BaseException:  # whatever it is
        record = logging.LogRecord(logger, logging.ERROR, __file__, 1, "failed", None, sys.exc_info())
    return str(json.loads(JsonLines(quote=quote).format(record))["exception"])


@requirement("server:log")
@pytest.mark.parametrize(
    "error",
    [
        ValueError("s3cret"),
        ClientError({"Error": {"Code": "AccessDenied", "Message": "s3cret"}}, "GetItem"),
        ExceptionGroup("s3cret", [KeyError("s3cret"), ValueError("s3cret")]),
    ],
)
def test_an_exception_s_place_and_types_are_logged_and_not_what_it_quotes(error: Exception) -> None:
    """CWE-532; `int("my text")` and Pydantic's errors quote the caller's arguments, and so does what wraps them."""
    wrapper = RuntimeError("cannot do s3cret")
    wrapper.__cause__ = error
    said = raised(wrapper)

    assert "s3cret" not in said
    assert all(type(one).__name__ in said for one in (wrapper, error, *getattr(error, "exceptions", ())))
    assert "test_log.py" in said and "in raised" in said
    assert ("AccessDenied" in said) is isinstance(error, ClientError)


@requirement("server:log")
def test_an_exception_that_is_ours_keeps_its_text() -> None:
    """It names settings and declarations, which no caller sends."""
    assert raised(BadSettings("MCP_URL is missing", "set it")).endswith("BadSettings: MCP_URL is missing → set it")


@requirement("server:log")
def test_exceptions_that_lead_to_each_other_end() -> None:
    """A cycle can be made by hand (Python, exception chaining)."""
    first, second = ValueError(), KeyError()
    first.__cause__, second.__cause__ = second, first

    assert raised(first).count("KeyError") == 1


@requirement("server:log")
def test_an_exception_that_is_raised_out_of_its_group_ends() -> None:
    """A tool that unpacks the group of its tasks makes a circle: the group becomes the exception's context."""
    group = ExceptionGroup("tasks", [ValueError("s3cret")])
    group.exceptions[0].__context__ = group
    said = raised(group.exceptions[0]).splitlines()

    assert (said.count("ValueError"), said.count("ExceptionGroup")) == (1, 1)


@requirement("server:log")
@pytest.mark.parametrize(
    "name,message,arguments,shown",
    [
        ("mcp.server.mcpserver.server", "Tool %r failed: %-5.2f %(x)s 100%", ("s3cret",), "Tool … failed: … … 100%"),
        (
            "asyncio",
            "Task exception was never retrieved\nfuture: <Task exception=ValueError('s3cret')>",
            (),
            "Task exception was never retrieved",
        ),
        ("asyncio", "Exception in callback work('s3cret')", (), "Exception in callback work"),
        ("lambda_server.tools.mine", "took %s", ("3 s",), "took 3 s"),
    ],
)
def test_of_a_library_s_message_the_words_alone_are_logged(
    name: str, message: str, arguments: tuple[str, ...], shown: str
) -> None:
    """The SDK fills in URIs and arguments; a tool's author decides what theirs says."""
    record = logging.LogRecord(name, logging.ERROR, __file__, 1, message, arguments, None)

    assert json.loads(JsonLines().format(record))["message"] == shown


@requirement("server:log")
def test_on_the_author_s_machine_the_texts_are_there() -> None:
    """`python -m lambda_server`: whoever writes a tool sends the arguments, and must see why it failed."""
    assert raised(ValueError("not a number: seven"), quote=True).endswith("ValueError: not a number: seven")


@pytest.fixture
def root() -> Iterator[logging.Logger]:
    """The root logger, put back afterwards."""
    root, own = logging.getLogger(), logging.getLogger("lambda_server")
    kept = root.level, own.level, list(root.handlers)
    yield root
    root.handlers[:] = kept[2]
    root.setLevel(kept[0])
    own.setLevel(kept[1])


@requirement("server:log")
@pytest.mark.parametrize("level", ["DEBUG", "INFO"])
def test_the_aws_sdk_writes_no_request_at_any_level(
    level: str, root: logging.Logger, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """CWE-532; botocore at DEBUG writes texts, the signature and the session token of the role."""
    for name, value in {
        "AWS_ACCESS_KEY_ID": "k3y",
        "AWS_SECRET_ACCESS_KEY": "s3cret",
        "AWS_SESSION_TOKEN": "s3ssion",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
    }.items():
        monkeypatch.setenv(name, value)
    configure(level)
    with pytest.raises(NotesUnavailable):
        Notes("notes").add("00u1", "a private th0ught")
    logging.getLogger("lambda_server.tools.mine").debug("seen")
    written = capsys.readouterr().err

    assert "notes not available" in written
    assert not [word for word in ("th0ught", "k3y", "s3ssion", "AWS4-HMAC") if word in written]
    assert ("seen" in written) is (level == "DEBUG")


@requirement("server:log")
def test_at_error_the_libraries_do_not_warn(root: logging.Logger) -> None:
    """LOG_LEVEL is the least that is written."""
    configure("ERROR")

    assert not logging.getLogger("mcp").isEnabledFor(logging.WARNING)
    assert not logging.getLogger("lambda_server.auth.gate").isEnabledFor(logging.WARNING)
