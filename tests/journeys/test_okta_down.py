"""
Okta is away: who is warm works on in jwt mode; who must ask Okta is told to come back. Source: issue 5 §4.

That it stays so once the keys are old, and where Okta hangs, needs a clock that can be moved:
`test_warm_callers_notice_nothing_while_okta_hangs_and_keys_are_old` in tests/lambda_server/auth/test_jwks.py.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx2

from tests.client.fake_world import free_port
from tests.contract.clients.served_org import ServedOrg, serve_org
from tests.journeys.checkout import FOREIGN, REPOSITORY
from tests.journeys.test_bad_input import wait_until
from tests.local_cloud.okta.org import AUDIENCE
from tests.local_cloud.okta.sign_in import Login
from tests.requirements import requirement

READER, EDITOR = "reader@example.com", "editor@example.com"
BODY = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}


class Server:
    """The MCP server in a process of its own, as on a tool author's machine."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}/mcp"

    def ask(self, token: str) -> httpx2.Response:
        """List the tools with that token."""
        headers = {"Accept": "application/json, text/event-stream", "Authorization": f"Bearer {token}"}
        return httpx2.post(self.url, json=BODY, headers=headers, timeout=20)

    def answers(self) -> bool:
        """Whether it listens yet."""
        try:
            return httpx2.get(self.url.removesuffix("/mcp") + "/.well-known/oauth-protected-resource").is_success
        except httpx2.ConnectError:
            return False


@contextmanager
def serving(org: ServedOrg, folder: Path, check: str) -> Iterator[Server]:
    """The server before that Okta, checking tokens in that way, until the block ends."""
    port = free_port()
    clean = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
    settings = {
        "MCP_URL": AUDIENCE,
        "OKTA_ISSUER": org.server["issuer"],
        "OKTA_CLIENT_IDS": org.client["id"],
        "BASE_SCOPES": "mcp:read",
        "TOKEN_CHECK": check,
        "PYTHONPATH": str(REPOSITORY),
    }
    command = [sys.executable, "-m", "lambda_server", "--port", str(port)]
    with (folder / f"{check}-{port}.log").open("w") as log:
        process = subprocess.Popen(command, cwd=folder, env=clean | settings, stderr=log)
    try:
        server = Server(port)
        wait_until(lambda: process.poll() is None and server.answers(), seconds=30)
        yield server
    finally:
        process.terminate()
        process.wait(10)


async def token_of(org: ServedOrg, login: str) -> str:
    """A person's access token, of just now."""
    async with org.browser() as browser:
        return str((await Login(org).tokens(browser, login))["access_token"])


@requirement("journeys:okta-down")
def test_warm_callers_notice_nothing_and_whoever_must_ask_okta_is_told_to_wait(tmp_path: Path) -> None:
    """503 with Retry-After (RFC 9110 §10.2.3), never invalid_token, since nothing is known about the token."""
    with ExitStack() as okta, ExitStack() as servers:
        org = okta.enter_context(serve_org())
        org.run(org.deploy)
        asked, unasked = org.run(token_of, org, READER), org.run(token_of, org, EDITOR)
        warm = servers.enter_context(serving(org, tmp_path, "jwt"))
        asking = servers.enter_context(serving(org, tmp_path, "introspection"))
        assert [warm.ask(asked).status_code, asking.ask(asked).status_code] == [200, 200]

        okta.close()
        assert [warm.ask(token).status_code for token in (asked, unasked)] == [200, 200]
        cold = servers.enter_context(serving(org, tmp_path, "jwt"))
        for answer in (asking.ask(unasked), cold.ask(asked)):
            assert (answer.status_code, answer.headers["retry-after"].isdigit()) == (503, True)
            assert "invalid_token" not in answer.text + str(answer.headers)
