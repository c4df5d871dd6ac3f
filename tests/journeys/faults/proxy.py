"""Between a plugin and its cloud: a proxy on loopback that passes everything on, and at one request does not."""

import http.client
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from tests.journeys.faults.fault import Plan
from tests.journeys.faults.plugin import STEP_HEADER

SLOW_SECONDS = 3.0
FAILURE = {"Content-Type": "application/json"}
HOP_BY_HOP = ("connection", "transfer-encoding", "content-length", STEP_HEADER)


class Relay(BaseHTTPRequestHandler):
    """Passes one connection's requests on."""

    protocol_version = "HTTP/1.1"
    upstream: str
    plan: Plan

    def relay(self) -> None:
        """One request: passed on, unless it is the one at which the plan strikes."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        step = self.headers.get(STEP_HEADER) or ""
        self.plan.note("requests", f"{step} {self.command}")
        kind = self._kind(step)
        if kind in ("500", "500-for-ever", "429"):
            return self._answer(int(kind[:3]), FAILURE, b'{"message": "not now (a fault on purpose)"}')
        if kind == "dropped-before":
            return self._drop()
        status, headers, content = self._ask(body)
        if kind == "dropped-after":
            return self._drop()
        if kind == "slow":
            time.sleep(SLOW_SECONDS)
        return self._answer(status, headers, content)

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = relay

    def _kind(self, step: str) -> str:
        """What is to happen to this request; empty: nothing."""
        _, fault = self.plan.read()
        if fault is None or not fault.at_request:
            return ""
        (call, _, number), (wanted, _, at) = step.partition(" #"), fault.step.partition(" #")
        if fault.kind == "500-for-ever" and call == wanted and int(number) >= int(at):
            self.plan.strike()
            return fault.kind
        return fault.kind if step == fault.step and self.plan.strike() else ""

    def _ask(self, body: bytes) -> tuple[int, dict[str, str], bytes]:
        where = urlsplit(self.upstream)
        connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=60)
        headers = {name: value for name, value in self.headers.items() if name.lower() not in HOP_BY_HOP}
        try:
            connection.request(self.command, self.path, body, headers)  # Host as it was: it is signed
            answer = connection.getresponse()
            kept = {name: value for name, value in answer.getheaders() if name.lower() not in HOP_BY_HOP}
            return answer.status, kept, answer.read()
        except OSError:
            return 502, {}, b""
        finally:
            connection.close()

    def _answer(self, status: int, headers: dict[str, str], content: bytes) -> None:
        self.send_response_only(status)
        for name, value in {**headers, "Content-Length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def _drop(self) -> None:
        self.close_connection = True
        self.connection.shutdown(2)

    def log_message(self, *args: Any) -> None:
        """Say nothing."""


class Quiet(ThreadingHTTPServer):
    """A server that does not mind when a plugin dies in the middle of a request."""

    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """The other side has gone; there is nobody to tell."""


@contextmanager
def proxy(upstream: str, plan: Plan) -> Iterator[str]:
    """The address of a proxy in front of that cloud."""
    relay = type("RelayTo", (Relay,), {"upstream": upstream, "plan": plan})
    with Quiet(("127.0.0.1", 0), relay) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join(5)
