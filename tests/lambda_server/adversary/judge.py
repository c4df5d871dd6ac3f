"""What came of a case, held against what must: the verifier alone, and the application around it."""

import json
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import httpx2
from mcp.server.auth.provider import AccessToken
from mcp_types import Completion

from lambda_server.auth.errors import AuthError, CheckUnavailable
from lambda_server.auth.needs import Needs
from lambda_server.auth.okta import okta_client
from lambda_server.auth.verifier import Verifier, build_verifier
from lambda_server.log import JsonLines
from lambda_server.notes import Note, Notes
from lambda_server.server import build_app, build_server
from lambda_server.settings import Settings
from lambda_server.tools import TOOLS
from tests.lambda_server.adversary.cases import APP, VERIFIER, Case
from tests.lambda_server.adversary.forge import forge
from tests.lambda_server.adversary.okta import CaseOkta
from tests.lambda_server.adversary.requests import Sent, write_request
from tests.lambda_server.adversary.world import World
from tests.lambda_server.okta_in_memory import ENVIRONMENT, HOST

NEEDS = Needs(
    tools={tool.name: tool.needs for tool in TOOLS},
    prompts={"draft": ("mcp:write",)},
    resources={"note://all": ("mcp:write",), "note://{id}": ("mcp:read", "mcp:write")},
)
ORIGIN = f"https://{HOST}"
METADATA = f"{ORIGIN}/.well-known/oauth-protected-resource/mcp"


@dataclass
class Lines(logging.Handler):
    """What the function's log holds, as it would be written."""

    written: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self.setFormatter(JsonLines())

    __hash__ = logging.Handler.__hash__

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one line."""
        self.written.append(self.format(record))

    def having(self, message: str) -> list[dict[str, Any]]:
        """The lines with that message."""
        return [line for line in map(json.loads, self.written) if line["message"] == message]


@contextmanager
def listening() -> Iterator[Lines]:
    """The lines that are written meanwhile, and nothing on the terminal, where the SDK's own handler is slow."""
    lines, logger, root = Lines(), logging.getLogger("lambda_server"), logging.getLogger()
    held, root.handlers = root.handlers, [logging.NullHandler()]
    logger.addHandler(lines)
    try:
        yield lines
    finally:
        logger.removeHandler(lines)
        root.handlers = held


async def judge_verifier(case: Case, mode: str, world: World) -> None:
    """Hold the verifier's judgement against the case."""
    settings = replace(Settings.from_environment(ENVIRONMENT), token_check=mode)
    okta, token = CaseOkta(world, case.okta), forge(case.token, world)
    verifier = build_verifier(settings, okta_client(world.issuer, okta), okta.now)
    expected = case.reason_at(VERIFIER, mode)
    try:
        with listening():
            access = await verifier.verify(token)
    except AuthError as error:
        assert str(error.reason) == expected, f"{error.reason}, not {expected}"
        assert isinstance(error, CheckUnavailable) == (case.status == 503)
    else:
        assert expected is None, f"let in, not {expected}"
        assert access.claims is not None and access.client_id == access.claims["cid"] and access.token == ""
        assert (access.subject, access.scopes) == (access.claims["sub"], access.claims["scp"])
        assert (access.expires_at, access.resource) == (access.claims["exp"], world.url)


@dataclass
class Door:
    """A running application whose verifier is made anew for each case, so that no case helps another."""

    http: httpx2.AsyncClient
    settings: Settings
    verifier: Verifier | None = None

    async def verify(self, token: str) -> AccessToken:
        """Judge as the case's own verifier does."""
        assert self.verifier is not None
        return await self.verifier.verify(token)


@asynccontextmanager
async def open_door(mode: str) -> AsyncIterator[Door]:
    """The application, checking tokens in that way."""
    settings = replace(Settings.from_environment(ENVIRONMENT), token_check=mode)
    door = Door(httpx2.AsyncClient(), settings)
    app = build_app(settings, server=guarded_server(), verifier=door)
    transport = httpx2.ASGITransport(app=app)
    async with app.router.lifespan_context(app), httpx2.AsyncClient(transport=transport, base_url=ORIGIN) as http:
        door.http = http
        yield door


async def judge_app(case: Case, door: Door, era: str, world: World) -> None:
    """Hold the answer on the wire and the lines of the log against the case."""
    okta, mode = CaseOkta(world, case.okta), door.settings.token_check
    door.verifier = build_verifier(door.settings, okta_client(world.issuer, okta), okta.now)
    sent = write_request(case, world, era)
    with listening() as lines:
        url = f"/mcp?{sent.query}" if sent.query else "/mcp"
        answer = await door.http.post(url, content=sent.body, headers=sent.headers)
    check_answer(case, answer, METADATA, f"{case.name}: {lines.written}")
    check_log(case, APP, mode, lines.having("token not accepted"), lines.having("call"))
    check_silence(sent, "".join(lines.written) + answer.text)


def check_answer(case: Case, answer: httpx2.Response, metadata_url: str, about: str) -> None:
    """
    Hold an answer against the case: status, the one sentence, and the challenge in each of its places.

    Source: RFC 6750 §3, §3.1; RFC 9728 §5.1; MCP authorization.
    """
    assert answer.status_code == case.status, f"{answer.status_code}, not {case.status}: {about}"
    if case.wire is None:
        assert "mcp-challenge" not in answer.headers and (case.status != 200 or "result" in answer.json()), answer.text
        return
    body, error = answer.json(), ERRORS.get((case.status, case.outcome == "no_token"))
    assert body["error_description"] == case.wire and body.get("error") == error
    if case.status == 503:
        assert "challenge" not in body and int(answer.headers["retry-after"]) > 0
        return
    described = f'error="{error}", error_description="{case.wire}", ' if error else ""
    challenge = f'Bearer {described}resource_metadata="{metadata_url}", scope="{case.scope or "mcp:read"}"'
    assert [answer.headers["www-authenticate"], answer.headers["mcp-challenge"]] == [challenge] * 2
    assert body["challenge"] == challenge and answer.headers["cache-control"] == "no-store"


ERRORS = {
    (401, False): "invalid_token",
    (401, True): None,
    (403, False): "insufficient_scope",
    (503, False): "temporarily_unavailable",
}


def check_log(case: Case, level: str, mode: str, refusals: list[dict[str, Any]], calls: list[dict[str, Any]]) -> None:
    """Hold the log against the case: one audit line, and the precise reason where a token was refused."""
    expected = case.reason_at(level, mode)
    assert [line["reason"] for line in refusals] == ([expected] if expected else [])
    assert len(calls) == 1 and calls[0].get("reason") == expected and calls[0]["status"] == case.status
    if case.outcome is not None:
        assert calls[0]["outcome"] == case.outcome, calls[0]["outcome"]


def check_silence(sent: Sent, written: str) -> None:
    """Neither the log nor the answer holds a part of the token."""
    for part in sent.token.split("."):
        assert len(part) < 12 or part[:60] not in written, "a part of the token was written down"


class OneNote(Notes):
    """Notes without a table: whatever is added is the same note."""

    def add(self, owner: str, text: str, key: str | None = None) -> Note:
        """Say that it was added."""
        return Note("0" * 32, text, "2026-01-01T00:00:00+00:00", "2026-01-01T00:00:00+00:00", 1)


def guarded_server() -> Any:
    """The server with a prompt, a resource and a template that need more than the product's own do."""
    server = build_server(prompts=(), resources=(), needs=NEEDS, notes=OneNote("unused"))

    @server.prompt()
    def draft() -> str:
        return "Draft a note."

    @server.resource("note://all")
    def all_notes() -> str:
        return "all"

    @server.resource("note://{id}")
    def one_note(id: str) -> str:
        return id

    @server.completion()
    async def complete(ref: object, argument: object, context: object) -> Completion:
        return Completion(values=["7"])

    return server
