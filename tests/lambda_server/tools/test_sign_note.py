"""sign_note, through the handler."""

import json
import logging
from hashlib import sha256

import pytest

from lambda_server.gateway import Gateway
from tests.lambda_server.both_eras import LambdaContext, both_eras, call_event
from tests.lambda_server.okta_in_memory import OktaInMemory
from tests.requirements import requirement

EDITOR = ["mcp:read", "mcp:write"]


@requirement("server:tools")
@both_eras
def test_a_note_is_kept_in_the_log_under_the_caller_s_name(
    gateway: Gateway, okta: OktaInMemory, era: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The receipt and the log line say the same, whatever LOG_LEVEL is, and the name comes from the token."""
    monkeypatch.setattr(logging.getLogger(), "level", logging.ERROR)
    token = okta.token(scp=EDITOR, sub="editor@example.com")
    answer = gateway(call_event(era, token, "sign_note", {"text": "héllo"}), LambdaContext())
    receipt = json.loads(answer["body"])["result"]["structuredContent"]
    [line] = [record for record in caplog.records if record.name == "lambda_server.notes"]

    assert line.fields == receipt
    assert (receipt["signed_by"], receipt["text"]) == ("editor@example.com", "héllo")
    assert receipt["sha256"] == sha256("héllo".encode()).hexdigest()


@both_eras
@pytest.mark.parametrize("text", ["", "x" * 2001, 7, None])
def test_a_note_that_cannot_be_kept_is_an_error_of_the_tool(
    gateway: Gateway, okta: OktaInMemory, era: str, text: object, caplog: pytest.LogCaptureFixture
) -> None:
    """MCP tools, error handling: isError, so that a model can correct itself; nothing is written."""
    answer = gateway(call_event(era, okta.token(scp=EDITOR), "sign_note", {"text": text}), LambdaContext())

    assert answer["statusCode"] == 200
    assert json.loads(answer["body"])["result"]["isError"] is True
    assert not any(record.name == "lambda_server.notes" for record in caplog.records)
