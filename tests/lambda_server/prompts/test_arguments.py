"""Which errors are about a prompt's arguments, and which are the prompt's own."""

import json
from typing import Annotated

import pytest
from pydantic import Field

from lambda_server.gateway import Gateway
from lambda_server.prompts import Prompt
from lambda_server.server import build_app, build_server
from lambda_server.settings import Settings
from tests.lambda_server.both_eras import LambdaContext, both_eras, event, headers, message
from tests.lambda_server.okta_in_memory import OktaInMemory
from tests.requirements import requirement


async def strict(needed: Annotated[str, Field(description="Whatever")]) -> str:
    """A prompt with an argument that must be there."""
    if needed == "break":
        raise RuntimeError("broken")
    return needed


@requirement("server:prompts")
@both_eras
@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [({}, -32602, "Missing required arguments: {'needed'}"), ({"needed": "break"}, None, "")],
)
def test_a_missing_argument_is_named_and_a_broken_prompt_is_no_fault_of_the_caller(
    settings: Settings, okta: OktaInMemory, era: str, arguments: dict[str, str], code: int | None, words: str
) -> None:
    """MCP prompts, Error Handling: -32602 for arguments, another code for what is wrong here."""
    server = build_server(prompts=(Prompt(strict, title="Strict", needs=("mcp:read",)),))
    gateway = Gateway(build_app(settings, server=server, transport=okta, now=okta.now))
    sent = message(era, "prompts/get", {"name": "strict", "arguments": arguments})
    try:
        answer = gateway(event("POST", "/mcp", headers(era, sent, okta.token()), sent), LambdaContext())
    finally:
        gateway.close()
    error = json.loads(answer["body"])["error"]

    assert (error["code"] == -32602) == (code == -32602)
    assert words in error["message"]
