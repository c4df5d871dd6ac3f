"""
The edge of the control plane: what no AWS SDK sends goes no further, and no failure behind leaves as it is.

Source: RFC 9112 §6 (framing); Fetch (Origin).
"""

import logging
import re
from collections.abc import Iterable
from typing import Any

from local_cloud.aws.replies import Application, Reply, StartResponse, put_body, refusal
from local_cloud.hosts import is_ours, why_not

# Source: AWS Lambda, CreateFunction: "Request must be smaller than 70167211 bytes", the most that any service takes.
BODY_LIMIT = 70_167_211
_PIECE = 1024 * 1024
_LENGTH = re.compile(r"[0-9]+", re.ASCII)
_log = logging.getLogger("local_cloud.aws")


class Edge:
    """The WSGI application in front of one that sees whole, well-framed requests of programs on this machine."""

    def __init__(self, app: Application) -> None:
        self._app = app

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Answer or refuse one request."""
        refused = _refuse_caller(environ) or _take_body(environ)
        if refused:
            return refused.send(start_response)
        try:
            return self._app(environ, start_response)
        except Exception:  # whatever it is, the SDK gets an answer that it can read
            call = f"{environ['REQUEST_METHOD']} {environ.get('PATH_INFO', '')}"
            _log.exception("the control plane failed at %s", call)
            text = f"the local AWS failed at {call}; its log says why"
            return refusal(environ, 500, "InternalFailure", text).send(start_response)


def _refuse_caller(environ: dict[str, Any]) -> Reply | None:
    """Another name of this machine may have been rebound to it, and a page in a browser has no business here."""
    host = environ.get("HTTP_HOST")
    if host is not None and not is_ours(host):
        return refusal(environ, 421, "MisdirectedRequest", why_not(host))
    if "HTTP_ORIGIN" in environ:
        return refusal(environ, 403, "AccessDeniedException", "the local AWS takes no request of a web page")
    return None


def _take_body(environ: dict[str, Any]) -> Reply | None:
    """Read the body, whole, for all who look at it later; the answer is what is wrong with it."""
    coding, length = environ.pop("HTTP_TRANSFER_ENCODING", None), environ.get("CONTENT_LENGTH") or "0"
    if coding is not None and (coding.strip().lower() != "chunked" or not environ.get("wsgi.input_terminated")):
        return refusal(environ, 501, "NotImplemented", f"the local AWS does not read {coding[:100]!r}")
    if coding is None and not _LENGTH.fullmatch(length):
        return _malformed(environ, "Content-Length is no number")
    size = BODY_LIMIT + 1 if coding or len(length) > 20 else int(length)
    if coding is None and size > BODY_LIMIT:
        return _too_large(environ)
    try:
        body = _read(environ["wsgi.input"], size)
    except (OSError, ValueError):
        return _malformed(environ, "the body is not chunked as it should be")
    if len(body) > BODY_LIMIT:
        return _too_large(environ)
    if coding is None and len(body) < size:
        return _malformed(environ, "the body is shorter than Content-Length")
    put_body(environ, body)
    return None


def _read(stream: Any, size: int) -> bytes:
    """So many bytes, or all that there are."""
    body = bytearray()
    while len(body) < size and (piece := stream.read(min(size - len(body), _PIECE))):
        body += piece
    return bytes(body)


def _malformed(environ: dict[str, Any], why: str) -> Reply:
    return refusal(environ, 400, "MalformedHttpRequestException", why)


def _too_large(environ: dict[str, Any]) -> Reply:
    return refusal(environ, 413, "RequestTooLargeException", f"Request must be smaller than {BODY_LIMIT} bytes")
