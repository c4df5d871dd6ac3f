"""The control plane on a loopback port, in threads of its own."""

import contextlib
import errno
import logging
import socket
import threading
from typing import Any
from urllib.parse import urlsplit

from moto.moto_server.werkzeug_app import MotoRequestHandler
from werkzeug.serving import BaseWSGIServer, make_server

from local_cloud.aws.edge import Edge
from local_cloud.aws.errors import PortTaken
from local_cloud.aws.replies import Application
from local_cloud.ports import describe_holder, listen_on


class _QuietHandler(MotoRequestHandler):
    protocol_version = "HTTP/1.1"
    connections: set[socket.socket]

    def setup(self) -> None:
        """Remember the connection, so that it can be closed while the SDK keeps it alive."""
        super().setup()
        self.connections.add(self.connection)

    def finish(self) -> None:
        """Forget the connection."""
        self.connections.discard(self.connection)
        super().finish()

    def run_wsgi(self) -> None:
        """Answer a request whose target is a URL at all."""
        try:
            urlsplit(self.path)
        except ValueError:
            self.send_error(400, "the target is no URL")
        else:
            super().run_wsgi()

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Without taking the target apart, which need not be a URL."""
        self.log("info", "%r %s %s", self.requestline, code, size)

    def log(self, type: str, message: str, *args: Any) -> None:
        """Requests go to the log file, not to a terminal."""
        logging.getLogger("local_cloud.aws").debug(message, *args)


class ControlPlaneServer:
    """
    The control plane's server, with the edge in front of the application.

    Raises:
        PortTaken: another process holds the port.
    """

    def __init__(self, app: Application, port: int) -> None:
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        self._connections: set[socket.socket] = set()
        handler = type("Handler", (_QuietHandler,), {"connections": self._connections})
        # werkzeug ends the process when a port is taken, so the port is bound before.
        with open_listener(port, "the local AWS") as listener:
            descriptor = listener.fileno()
            self._server: BaseWSGIServer = make_server(
                "127.0.0.1", listener.getsockname()[1], Edge(app), threaded=True, request_handler=handler, fd=descriptor
            )
        self._thread = threading.Thread(target=self._serve, name="control-plane", daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        self._server.serve_forever(poll_interval=0.05)

    @property
    def url(self) -> str:
        """The endpoint for `AWS_ENDPOINT_URL`."""
        return f"http://127.0.0.1:{self._server.port}"

    def stop(self) -> None:
        """Stop serving, release the port, and close what clients keep open."""
        self._server.shutdown()
        self._thread.join(timeout=5)
        self._server.server_close()
        for connection in list(self._connections):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


def open_listener(port: int, whose: str) -> socket.socket:
    """
    Listen on a loopback port, without Nagle's delay.

    Raises:
        PortTaken: another process holds it.
    """
    try:
        listener = listen_on(port)
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        holder = describe_holder(port)
        raise PortTaken(
            f"port {port} of {whose} is held by {holder.name}", f"{holder.remedy}, then: mcp-okta local up"
        ) from None
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # what it accepts inherits this
    return listener
