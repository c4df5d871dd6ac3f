"""The loopback listener that Okta's redirect ends at. Source: RFC 8252 §7.3, with the registered ports only."""

import asyncio
import errno
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from secrets import compare_digest
from urllib.parse import parse_qs, urlsplit

from client.errors import PortsTaken, SignInFailed
from client.outputs import Outputs
from client.pages import FOREIGN, NOTHING_HERE, SIGNED_IN, refused, response

REQUEST_LIMIT = 16 * 1024
REQUEST_SECONDS = 10


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
            with suppress(asyncio.IncompleteReadError, asyncio.LimitOverrunError, TimeoutError, ConnectionError):
                head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), REQUEST_SECONDS)
                writer.write(self._page(head))
                await writer.drain()
        finally:
            self._connections.discard(writer)
            writer.close()

    def _page(self, head: bytes) -> bytes:
        method, _, rest = head.decode("latin-1").partition(" ")
        target = urlsplit(rest.partition(" ")[0])
        if method != "GET" or target.path != (urlsplit(self.redirect_uri).path or "/"):
            return response(404, NOTHING_HERE)
        answer = read_answer(target.query)
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


def read_answer(query: str) -> Answer:
    """Read the parameters of an authorization response (RFC 6749 §4.1.2)."""
    values = {name: texts[0] for name, texts in parse_qs(query).items()}
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
