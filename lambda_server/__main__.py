"""`python -m lambda_server`: the same application on this machine, for whoever writes a tool."""

import argparse
import os
import socket
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from lambda_server.errors import ServerError
from lambda_server.settings import METADATA_PATH, Settings

PORT = 8001


class PortTaken(ServerError):
    """Something else listens there."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until interrupted; 1 with one message where that cannot be."""
    parser = argparse.ArgumentParser("python -m lambda_server", description="Serve the MCP server on this machine.")
    parser.add_argument("--port", type=int, default=PORT, help=f"default {PORT}")
    port = parser.parse_args(arguments).port
    try:
        settings = read_settings(port, Path(".env"))
        with listen(port) as listener:
            serve(settings, listener, port)
    except ServerError as error:
        print(f"error: {error.message}\n  → {error.remedy}", file=sys.stderr)
        return error.exit_code
    return 0


def read_settings(port: int, dotenv: Path) -> Settings:
    """
    The settings from the environment, then from `.env`; the URL is this machine's unless one is set.

    Raises:
        BadSettings: the message lists all that is missing or wrong.
    """
    from dotenv import dotenv_values

    from_file = {name: value for name, value in dotenv_values(dotenv).items() if value}
    own_url = {"MCP_URL": f"http://localhost:{port}/mcp"}
    settings = Settings.from_environment(own_url | from_file | {k: v for k, v in os.environ.items() if v})
    return replace(settings, more_hosts=(f"localhost:{port}", f"127.0.0.1:{port}"))


def listen(port: int) -> socket.socket:
    """
    A socket of this machine alone.

    Raises:
        PortTaken: something else has the port.
    """
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
        listener.listen()
    except (OSError, OverflowError) as error:
        listener.close()
        raise PortTaken(
            f"cannot listen on 127.0.0.1:{port}: {error}", "python -m lambda_server --port ANOTHER"
        ) from None
    return listener


def serve(settings: Settings, listener: socket.socket, port: int) -> None:
    """Run the application on the socket until interrupted."""
    import uvicorn

    from lambda_server.log import configure
    from lambda_server.server import build_app

    configure(settings.log_level, quote=True)
    here = f"http://localhost:{port}"
    print(f"serving {here}{settings.path}; try: curl {here}{METADATA_PATH}", file=sys.stderr)
    if settings.url != f"{here}{settings.path}":
        print(f"tokens must be issued for {settings.url} (MCP_URL)", file=sys.stderr)
    config = uvicorn.Config(build_app(settings), log_config=None, access_log=False, server_header=False)
    with suppress(KeyboardInterrupt):
        uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    sys.exit(main())
