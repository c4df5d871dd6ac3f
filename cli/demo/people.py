"""What the people of the demo do: sign in, call, ask for more, and be refused."""

import base64
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx2

from cli.demo.audit import last_line
from cli.demo.browser import ScriptedBrowser
from cli.demo.errors import DemoError, expect
from cli.demo.ledger import Ledger
from cli.demo.other_audience import AUDIENCE, other_server, token_of
from client.browser import Browser, open_browser
from client.errors import NotAllowed
from client.outputs import Outputs
from client.session import open_session
from client.sign_in import sign_in
from client.tokens import FileTokens

READER, EDITOR, OUTSIDER = "reader@example.com", "editor@example.com", "outsider@example.com"
READ_TOOL = "list_notes"
WRITE_TOOL, WRITE_ARGUMENTS = "add_note", {"text": "the demo was here"}


def scopes_in(access_token: str) -> list[str]:
    """The `scp` claim, read without checking anything: this is for show, the server checks."""
    payload = access_token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))["scp"]


class People:
    """Three people before one deployed server; each has tokens of their own in a temporary folder."""

    def __init__(
        self, ledger: Ledger, outputs: Mapping[str, Any], status: dict[str, Any], folder: Path, log: Path
    ) -> None:
        """
        Know the stack.

        Args:
            folder: for the people's tokens.
            log: the function's.
        """
        self._log = log
        self._ledger = ledger
        self._outputs = Outputs.from_mapping(outputs)
        self._status = status
        self._folder = folder
        self._passwords = {person["name"]: person["password"] for person in status["users"]}

    def _tokens(self, login: str) -> FileTokens:
        return FileTokens(self._folder / login.split("@")[0])

    def _browser(self, login: str) -> ScriptedBrowser:
        return ScriptedBrowser(login, self._passwords[login])

    async def act(self, real_browser: bool) -> None:
        """All of it, in order."""
        await self.knock()
        browser: Browser = self._browser(EDITOR)
        if real_browser:
            self._ledger.say(f"    the browser opens: sign in as {EDITOR}, password {self._passwords[EDITOR]}")
            browser = open_browser
        await self.read(browser)
        await self.write(browser)
        await self.refuse_reader()
        await self.refuse_outsider()
        await self.refuse_other_audience()

    async def knock(self) -> None:
        """Call without a token."""
        with self._ledger.step("Call without a token") as step:
            answer = await self._post(None)
            challenge = answer.headers.get("www-authenticate", "")
            expect(answer.status_code == 401, f"expected 401, got {answer.status_code}")
            expect("error" not in challenge.replace("error_", ""), "a challenge without a token carries no error")
            step.note("status", answer.status_code)
            step.note("challenge", challenge)

    async def _post(self, token: str | None) -> httpx2.Response:
        body = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
        headers = {"Accept": "application/json, text/event-stream"}
        headers |= {"Authorization": f"Bearer {token}"} if token else {}
        async with httpx2.AsyncClient(timeout=30) as http:
            return await http.post(self._outputs.url, json=body, headers=headers)

    async def read(self, browser: Browser) -> None:
        """Sign in with the base scopes and call a read tool."""
        with self._ledger.step("Sign in and call a tool that reads") as step:
            async with open_session(self._outputs, self._tokens(EDITOR), browser) as session:
                tools = [tool.name for tool in await session.list_tools()]
                me = await session.call_tool("whoami")
            expect(me["subject"] == EDITOR, f"expected {EDITOR}, got {me['subject']}")
            step.note("signed in", me["subject"])
            step.note("tools", tools)
            step.note("whoami", me)
            step.note("first token's scp", self._scopes(EDITOR))
            expect("mcp:write" not in self._scopes(EDITOR), "the first token must not hold mcp:write")

    def _scopes(self, login: str) -> list[str]:
        stored = self._tokens(login).load(self._outputs.account)
        if stored is None:
            raise DemoError(f"{login} has no stored token")
        return scopes_in(stored.access_token)

    async def write(self, browser: Browser) -> None:
        """Call a write tool: the server asks for more scope, the client steps up."""
        with self._ledger.step("Call a tool that writes: step-up") as step:
            async with open_session(self._outputs, self._tokens(EDITOR), browser) as session:
                receipt = await session.call_tool(WRITE_TOOL, WRITE_ARGUMENTS)
                notes = (await session.call_tool(READ_TOOL))["notes"]
            expect([note["id"] for note in notes] == [receipt["id"]], f"expected the note alone, got {len(notes)}")
            step.note(WRITE_TOOL, receipt)
            step.note(f"{EDITOR}'s notes", len(notes))
            step.note("second token's scp", self._scopes(EDITOR))
            expect("mcp:write" in self._scopes(EDITOR), "the second token must hold mcp:write")
            refused = last_line(self._log, lambda line: line["status"] == 403 and WRITE_TOOL in line.values())
            step.note("audit line of the step-up", refused)

    async def refuse_reader(self) -> None:
        """A person without the group: Okta's policy denies the step-up."""
        with self._ledger.step(f"{READER} may read and not write") as step:
            tokens, browser = self._tokens(READER), self._browser(READER)
            async with open_session(self._outputs, tokens, browser) as session:
                notes = (await session.call_tool(READ_TOOL))["notes"]
                expect(notes == [], f"{READER} must not see the notes of others")
                step.note(f"{READER}'s notes", len(notes))
                try:
                    await session.call_tool(WRITE_TOOL, WRITE_ARGUMENTS)
                except NotAllowed as refusal:
                    step.note(READER, refusal.message)
                    step.note("what they can do", refusal.remedy)
                    return
            raise DemoError(f"{READER} was allowed to write")

    async def refuse_outsider(self) -> None:
        """A person who is not assigned to the app."""
        with self._ledger.step(f"{OUTSIDER} is refused by Okta") as step:
            try:
                await sign_in(self._outputs, self._tokens(OUTSIDER), self._browser(OUTSIDER))
            except NotAllowed as refusal:
                step.note(OUTSIDER, refusal.message)
                return
            raise DemoError(f"{OUTSIDER} was let in")

    async def refuse_other_audience(self) -> None:
        """A valid token of the same org and app, for another resource."""
        with self._ledger.step(f"A token for {AUDIENCE}") as step:
            headers = {"Authorization": f"SSWS {self._status['okta_api_token']}"}
            with httpx2.Client(base_url=self._status["okta_url"], headers=headers, timeout=20) as okta:
                client_id, redirect = self._outputs.client_id, self._outputs.redirect_uris[0]
                with other_server(okta, client_id) as issuer:
                    token = token_of(issuer, client_id, redirect, EDITOR, self._passwords[EDITOR])
                    answer = await self._post(token)
            expect(answer.status_code == 401, f"expected 401, got {answer.status_code}")
            step.note("a token for another audience", f"{answer.status_code} {answer.json().get('error')}")
            step.note("audit line of it", last_line(self._log, lambda line: line["status"] == 401 and "reason" in line))
