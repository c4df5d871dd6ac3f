"""The prompt, through the handler."""

import json
from typing import Any

import pytest

from lambda_server.gateway import Gateway
from tests.lambda_server.both_eras import LambdaContext, both_eras, event, headers, message
from tests.lambda_server.okta_in_memory import OktaInMemory
from tests.requirements import requirement


def get(gateway: Gateway, era: str, token: str, **arguments: Any) -> dict[str, Any]:
    """The answer to prompts/get."""
    sent = message(era, "prompts/get", {"name": "review_notes", "arguments": arguments})
    answer = gateway(event("POST", "/mcp", headers(era, sent, token), sent), LambdaContext())
    return {"status": answer["statusCode"]} | json.loads(answer["body"])


@requirement("server:prompts")
@both_eras
def test_the_prompt_asks_to_go_through_the_notes(gateway: Gateway, okta: OktaInMemory, era: str) -> None:
    """Issue 5, item 1; MCP prompts: messages of the user's, which name the tool that reads."""
    [everything] = get(gateway, era, okta.token())["result"]["messages"]
    [some] = get(gateway, era, okta.token(), topic="the garden")["result"]["messages"]

    assert everything["role"] == "user" and "list_notes" in everything["content"]["text"]
    assert "'the garden'" in some["content"]["text"]


@requirement("server:prompts")
@both_eras
def test_without_the_scope_the_prompt_is_a_403(gateway: Gateway, okta: OktaInMemory, era: str) -> None:
    """RFC 6750 §3.1: prompts are guarded like tools."""
    answer = get(gateway, era, okta.token(scp=[]))

    assert (answer["status"], answer["error"]) == (403, "insufficient_scope")
    assert 'scope="mcp:read"' in answer["challenge"]


@requirement("server:prompts")
@both_eras
@pytest.mark.parametrize("arguments", [{"topic": "s3cret" * 100}, {"other": "s3cret"}])
def test_wrong_arguments_are_named_and_not_written_down(
    gateway: Gateway, okta: OktaInMemory, era: str, arguments: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    """MCP prompts, Error Handling: -32602; no argument in the log (design), which the SDK would put there."""
    answer = get(gateway, era, okta.token(), **arguments)

    assert answer["error"]["code"] == -32602
    assert next(iter(arguments)) in answer["error"]["message"] and "s3cret" not in answer["error"]["message"]
    assert "s3cret" not in caplog.text
