"""The loopback listener that Okta's redirect ends at. Source: RFC 8252 §7.3, with the registered ports only."""

import asyncio
import errno
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from secrets import compare_digest
from urllib.parse import SplitResult, parse_qs, parse_qsl, urlsplit

from client.errors import PortsTaken, SignInFailed
from client.outputs import Outputs
from client.pages import FOREIGN, NOTHING_HERE, REPEATED, SIGNED_IN, refused, response

REQUEST_LIMIT = 16 * 1024
REQUEST_SECONDS = 10


class NoHttp(Exception):
    """What arrived is no request."""


@dataclass(frozen=True)
class Answer:
    """What Okta sent back through the browser: a code, or an error."""

    code: str | None
    state: str
    error: str | None = None
    description: str = ""
    issuer: str | None = None


class Callback:
    """One wait for one answer at one redirect URI."""

    def __init__(self, redirect_uri: str, wait_seconds: float) -> None:
        self.redirect_uri = redirect_uri
        self.wait_seconds = wait_seconds
        self.foreign = 0
        self._state: str | None = None
        self._deadline = 0.0
        self.future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._connections: set[asyncio.StreamWriter] = set()

    def expect(self, authorization_url: str) -> None:
        """Remember the state that the answer must carry (RFC 6749 §10.12), and start the clock."""
        self._deadline = asyncio.get_running_loop().time() + self.wait_seconds
        self._state = parse_qs(urlsplit(authorization_url).query)["state"][0]

    @property
    def remaining(self) -> float:
        """Seconds that are left for the answer."""
        return max(0.0, self._deadline - asyncio.get_running_loop().time())

    async def wait(self) -> Answer:
        """
        Wait for the answer to the sign-in that was started here.

        Raises:
            SignInFailed: none came in time.
        """
        await asyncio.wait({self.future}, timeout=self.remaining)
        if self.future.done():
            return self.future.result()
        strays = f"; {self.foreign} answers belonged to another sign-in" if self.foreign else ""
        raise SignInFailed(
            f"the sign-in was not finished within {self.wait_seconds:.0f} seconds: "
            f"nothing arrived at {self.redirect_uri}{strays}"
        )

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one connection; a browser may open some that it never uses."""
        self._connections.add(writer)
        try:
            with suppress(asyncio.IncompleteReadError, asyncio.LimitOverrunError, OSError, NoHttp):
                head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), REQUEST_SECONDS)
                writer.write(self._page(head))
                await writer.drain()
        finally:
            self._connections.discard(writer)
            writer.close()

    def _page(self, head: bytes) -> bytes:
        method, target = read_target(head)
        if method != "GET" or target.path != (urlsplit(self.redirect_uri).path or "/"):
            return response(404, NOTHING_HERE)
        answer = read_answer(target.query)
        if answer is None:
            return response(400, REPEATED)
        if not self._is_ours(answer):
            self.foreign += 1
            return response(400, FOREIGN)
        if not self.future.done():
            self.future.set_result(answer)
        if answer.error is not None:
            return response(403, refused(answer.error, answer.description))
        return response(200, SIGNED_IN)

    def _is_ours(self, answer: Answer) -> bool:
        """A foreign answer is put aside, so that a stale tab or another site cannot end this sign-in."""
        complete = answer.code is not None or answer.error is not None
        return complete and self._state is not None and compare_digest(answer.state.encode(), self._state.encode())

    def close(self) -> None:
        """Drop the connections that are still open."""
        for writer in self._connections:
            writer.close()


def read_target(head: bytes) -> tuple[str, SplitResult]:
    """
    The method and the target of a request (RFC 9112 §3).

    Raises:
        NoHttp: it has none.
    """
    method, _, rest = head.decode("latin-1").partition(" ")
    try:
        return method, urlsplit(rest.partition(" ")[0])
    except ValueError as error:
        raise NoHttp from error


def read_answer(query: str) -> Answer | None:
    """
    Read the parameters of an authorization response; None where one is there twice, so that nobody has to guess.

    Source: RFC 6749 §4.1.2, and §3.1: none may be repeated, and one without a value counts as omitted.
    """
    pairs = parse_qsl(query, keep_blank_values=True)
    values = {name: text for name, text in pairs if text}
    if len({name for name, _ in pairs}) < len(pairs):
        return None
    return Answer(
        code=values.get("code"),
        state=values.get("state", ""),
        error=values.get("error"),
        description=values.get("error_description", ""),
        issuer=values.get("iss"),
    )


@asynccontextmanager
async def open_callback(outputs: Outputs, wait_seconds: float) -> AsyncIterator[Callback]:
    """
    Listen at the first registered redirect URI whose port is free; Okta compares it letter by letter.

    Raises:
        PortsTaken: every registered port is in use.
    """
    taken = []
    for uri in outputs.loopback_uris:
        callback = Callback(uri, wait_seconds)
        port = urlsplit(uri).port
        try:
            server = await asyncio.start_server(callback.serve, "127.0.0.1", port, limit=REQUEST_LIMIT)
        except OSError as error:
            if error.errno not in (errno.EADDRINUSE, errno.EACCES):
                raise
            taken.append(str(port))
            continue
        try:
            yield callback
        finally:
            server.close()
            callback.close()
        return
    ports = ", ".join(dict.fromkeys(taken))
    raise PortsTaken(
        f"the sign-in needs one of the ports {ports} on 127.0.0.1, and all are in use",
        "end the program that holds one (ss -ltnp), or register more: pulumi config set redirectPorts",
    )
