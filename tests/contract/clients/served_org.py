"""A local Okta on a port of this machine, for clients that bring their own HTTP."""

import socket
import ssl
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import anyio
import httpx2
import uvicorn
from anyio.from_thread import BlockingPortal, start_blocking_portal
from starlette.types import ASGIApp

from local_cloud.clock import Clock
from local_cloud.okta import OktaSettings, build_okta
from tests.local_cloud.okta.org import API_TOKEN, OktaOrg

T = TypeVar("T")


class ServedOrg(OktaOrg):
    """
    An org that listens, with the same helpers as the one in process.

    Args:
        url: scheme, host and port, as the issuers have them.
        authority: the certificate to trust, where the org has one that it signed.
    """

    portal: BlockingPortal

    def __init__(self, url: str, authority: Path | None = None) -> None:
        self.url, self.authority = url, authority
        self.clock = Clock()
        self.app = build_okta(OktaSettings(url, API_TOKEN), self.clock)
        self.server: dict[str, Any] = {}
        self.client: dict[str, Any] = {}

    def browser(self, **options: Any) -> httpx2.AsyncClient:
        """A client over the network that keeps cookies and does not follow redirects."""
        trust = ssl.create_default_context(cafile=str(self.authority)) if self.authority else True
        return httpx2.AsyncClient(base_url=self.url, verify=trust, **options)

    def run(self, step: Callable[..., Awaitable[T]], *args: Any) -> T:
        """Run a coroutine function in the org's own thread and wait for it, for tests that are not asynchronous."""
        return self.portal.call(step, *args)


@contextmanager
def serve_org(certificate: Path | None = None) -> Iterator[ServedOrg]:
    """
    Serve a new org on a free port of 127.0.0.1 until the block ends.

    Args:
        certificate: a file with a key and a certificate that is its own authority; https where it is given.
    """
    with socket.create_server(("127.0.0.1", 0)) as listener, start_blocking_portal() as portal:
        scheme = "https" if certificate else "http"
        org = ServedOrg(f"{scheme}://{address_of(listener)}", certificate)
        org.portal = portal
        with serve_app(portal, org.app, listener, certificate):
            yield org


@contextmanager
def serve_app(
    portal: BlockingPortal, app: ASGIApp, listener: socket.socket, certificate: Path | None = None
) -> Iterator[None]:
    """Serve an app on a listening socket, in the portal's thread, until the block ends."""
    config = uvicorn.Config(app, log_level="warning", ssl_certfile=certificate, lifespan="off")
    server = uvicorn.Server(config)
    task = portal.start_task_soon(server.serve, [listener])
    try:
        portal.call(_started, server)
        yield
    finally:
        server.should_exit = True
        task.result(10)


def address_of(listener: socket.socket) -> str:
    """Host and port."""
    host, port = listener.getsockname()
    return f"{host}:{port}"


async def _started(server: uvicorn.Server) -> None:
    with anyio.fail_after(5):
        while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
            await anyio.sleep(0.01)
