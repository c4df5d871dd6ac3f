"""HTTP/1.1 of the Runtime API: one request read, one answer written, on a connection that stays open."""

import asyncio
from dataclasses import dataclass

# awslambdaric puts the whole traceback into a header, up to a megabyte.
HEAD_LIMIT = 2 * 1024 * 1024
# Source: AWS, "exceeded maximum allowed payload size (6291556 bytes)".
BODY_LIMIT = 6 * 1024 * 1024 + 100


@dataclass(frozen=True)
class Call:
    """A request of the runtime client; `body` is None when it is over the limit."""

    method: str
    path: str
    body: bytes | None


def render(status: str, body: bytes, *headers: str) -> bytes:
    """An answer with its length, in one piece: two writes would wait for each other (Nagle)."""
    head = "\r\n".join([f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers])
    return head.encode() + b"\r\n\r\n" + body


async def read_call(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Call:
    """
    Read one request.

    Raises:
        ValueError: this is not HTTP.
        asyncio.IncompleteReadError: the client went away.
        asyncio.LimitOverrunError: the head is too long.
    """
    first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").rstrip().split("\r\n")
    method, target, _ = first.split(" ", 2)
    pairs = (line.split(":", 1) for line in lines)
    headers = {name.strip().lower(): value.strip() for name, value in pairs}
    if headers.get("expect", "").lower() == "100-continue":
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    if "chunked" in headers.get("transfer-encoding", "").lower():
        return Call(method, target, await _read_chunks(reader))
    body = bytearray()
    await _read_into(body, reader, int(headers.get("content-length", "0")))
    return Call(method, target, _within_limit(body))


async def _read_into(body: bytearray, reader: asyncio.StreamReader, size: int) -> None:
    """Read that many bytes, but keep no more than show that the body is over the limit."""
    while size > 0:
        piece = await reader.readexactly(min(size, 64 * 1024))
        size -= len(piece)
        if len(body) <= BODY_LIMIT:
            body += piece


async def _read_chunks(reader: asyncio.StreamReader) -> bytes | None:
    body = bytearray()
    while size := int((await reader.readuntil(b"\r\n")).split(b";")[0], 16):
        await _read_into(body, reader, size)
        await reader.readuntil(b"\r\n")
    await reader.readuntil(b"\r\n")
    return _within_limit(body)


def _within_limit(body: bytearray) -> bytes | None:
    return bytes(body) if len(body) <= BODY_LIMIT else None
