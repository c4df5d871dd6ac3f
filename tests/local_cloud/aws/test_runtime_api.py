"""The Runtime API, as AWS's own client and as a hostile one uses it."""

import asyncio
import contextlib
import gc
from collections.abc import AsyncIterator

import anyio
import pytest

from local_cloud.aws.lambda_runtime.exchange import BODY_LIMIT
from local_cloud.aws.lambda_runtime.runtime_api import Invocation, RuntimeApi
from tests.requirements import requirement

NEXT = b"GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: x\r\n\r\n"


class Client:
    """A runtime client on a raw connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def read(self) -> tuple[int, bytes, bytes]:
        """Status, head and body of one answer."""
        head = await self.reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
        return int(head.split(b" ")[1]), head, await self.reader.readexactly(length)

    async def send(self, request: bytes) -> tuple[int, bytes, bytes]:
        """Send a request and read its answer."""
        self.writer.write(request)
        await self.writer.drain()
        return await self.read()

    async def post(self, path: str, body: bytes, *headers: str) -> tuple[int, bytes, bytes]:
        """Post a body with its length."""
        lines = [f"POST /2018-06-01/runtime/{path} HTTP/1.1", "Host: x", f"Content-Length: {len(body)}", *headers]
        return await self.send("\r\n".join(lines).encode() + b"\r\n\r\n" + body)


@contextlib.asynccontextmanager
async def connected(api: RuntimeApi) -> AsyncIterator[Client]:
    """Start the API and connect to it; stop it, within five seconds of all."""
    with anyio.fail_after(5):
        host, port = (await api.start()).split(":")
        client = Client(*await asyncio.open_connection(host, int(port)))
        yield client
        await api.stop()
        client.writer.close()


def event(request_id: str = "id-1") -> Invocation:
    """An event to hand out."""
    return Invocation(request_id, b'{"a": 1}', 1234, "arn:f", asyncio.get_running_loop().create_future())


@requirement("aws:runtime-api")
@pytest.mark.anyio
async def test_an_event_goes_out_with_its_headers_and_comes_back() -> None:
    """next, then response: the documented headers, 202 (AWS, Lambda runtime API)."""
    idle: list[bool] = []
    api, given = RuntimeApi(lambda: idle.append(True)), event()
    async with connected(api) as client:
        api.give(given)
        status, head, body = await client.send(NEXT)
        answered = await client.post("invocation/id-1/response", b'"done"')
        result = await given.answer

    assert (status, body) == (200, b'{"a": 1}')
    assert b"Lambda-Runtime-Aws-Request-Id: id-1\r\n" in head
    assert b"Lambda-Runtime-Deadline-Ms: 1234\r\n" in head
    assert b"Lambda-Runtime-Invoked-Function-Arn: arn:f\r\n" in head
    assert (answered[0], result, idle) == (202, (True, b'"done"'), [])


@pytest.mark.anyio
async def test_chunked_bodies_and_huge_error_headers_are_read() -> None:
    """A streamed answer, and awslambdaric's traceback header, which can be longer than asyncio's usual limit."""
    api, given = RuntimeApi(lambda: None), event()
    async with connected(api) as client:
        api.give(given)
        await client.send(NEXT)
        cause = f"Lambda-Runtime-Function-XRay-Error-Cause: {'x' * 200_000}"
        chunks = b"4;ext=1\r\nerro\r\n1\r\nr\r\n0\r\n\r\n"
        head = (
            f"POST /2018-06-01/runtime/invocation/id-1/error HTTP/1.1\r\nTransfer-Encoding: chunked\r\n{cause}\r\n\r\n"
        )
        status, _, _ = await client.send(head.encode() + chunks)
        result = await given.answer

    assert (status, result) == (202, (False, b"error"))


@pytest.mark.anyio
async def test_an_answer_over_six_megabytes_is_413_and_ends_the_environment() -> None:
    """Lambda's payload limit; the client ends after a 413, so nobody may use it again (docs/facts/mcp-on-lambda.md)."""
    api, given = RuntimeApi(lambda: None), event()
    async with connected(api) as client:
        api.give(given)
        await client.send(NEXT)
        status, _, _ = await client.post("invocation/id-1/response", b"x" * (BODY_LIMIT + 1))
        returned, body = await given.answer

    assert (status, returned, api.overrun) == (413, False, True)
    assert b"Function.ResponseSizeTooLarge" in body


@pytest.mark.anyio
async def test_answers_nobody_asked_for_are_404() -> None:
    """A wrong request id, no request at all, an unknown path (AWS, Lambda runtime API)."""
    api = RuntimeApi(lambda: None)
    async with connected(api) as client:
        statuses = [(await client.post(path, b"{}"))[0] for path in ("invocation/x/response", "nothing", "exit/error")]

    assert statuses == [404, 404, 404]


@pytest.mark.anyio
@pytest.mark.parametrize(
    "sent",
    [
        b"nonsense\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET / HTTP/1.1\r\nbad header\r\n\r\n",
        b"\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ],
)
async def test_what_is_not_http_only_closes_its_connection(sent: bytes) -> None:
    """No exception escapes, the API goes on (ours)."""
    problems: list[dict[str, object]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: problems.append(context))
    api = RuntimeApi(lambda: None)
    async with connected(api) as hostile:
        hostile.writer.write(sent)
        assert await hostile.reader.read() == b""
    gc.collect()

    assert problems == []


@pytest.mark.anyio
@pytest.mark.parametrize("body", [b'{"errorType": "E", "errorMessage": "m"}', b"[1]", b"\xff"])
async def test_an_init_error_of_any_form_is_kept(body: bytes) -> None:
    """init/error: what the runtime says is what the caller gets, whatever it is (AWS, Lambda runtime API)."""
    api = RuntimeApi(lambda: None)
    async with connected(api) as client:
        status, _, _ = await client.post("init/error", body)
        await api.ready.wait()

    assert (status, api.init_error) == (202, body)


@pytest.mark.anyio
async def test_stopping_ends_a_client_that_waits() -> None:
    """A pending next is idle, and leaves no task behind (ours)."""
    idle = anyio.Event()
    api, before = RuntimeApi(idle.set), asyncio.all_tasks()
    async with connected(api) as client:
        client.writer.write(NEXT)
        await idle.wait()
        await api.stop()
        assert await client.reader.read() == b""

    assert asyncio.all_tasks() == before
