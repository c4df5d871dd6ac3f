"""The loopback port of each HTTP API, kept on disk by the API's name: the port is part of the audience."""

import json
import socket
import threading
import zlib
from pathlib import Path

from local_cloud.aws.errors import PortTaken
from local_cloud.ports import COUNT, FIRST


class ApiPorts:
    """The ports of all APIs that were ever created here, so that a re-created one keeps its URL."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()

    def port_of(self, api_name: str) -> int:
        """
        The port of the API with this name, the same one at every call.

        Raises:
            PortTaken: none is free.
        """
        with self._lock:
            ports = self._read()
            if api_name not in ports:
                ports[api_name] = _free_port(set(ports.values()), zlib.crc32(f"{self._path}{api_name}".encode()))
                self._write(ports)
            return ports[api_name]

    def rename(self, old: str, new: str) -> None:
        """Let an API keep its port under another name."""
        with self._lock:
            ports = self._read()
            ports[new] = ports.pop(old)
            self._write(ports)

    def _read(self) -> dict[str, int]:
        try:
            ports = json.loads(self._path.read_text())
        except (FileNotFoundError, ValueError):
            return {}
        return ports if isinstance(ports, dict) else {}

    def _write(self, ports: dict[str, int]) -> None:
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        temporary = self._path.with_suffix(".new")
        temporary.write_text(json.dumps(ports, indent=2))
        temporary.replace(self._path)


def _free_port(taken: set[int], begin: int) -> int:
    """A port below those that Linux hands out by itself; each name begins to look elsewhere."""
    for step in range(COUNT):
        port = FIRST + (begin + step) % COUNT
        if port not in taken and _is_free(port):
            return port
    raise PortTaken(f"no port from {FIRST} to {FIRST + COUNT - 1} is free", "free one of them")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
