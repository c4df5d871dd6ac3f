"""The loopback port of each HTTP API, kept on disk by the API's name: the port is part of the audience."""

import json
import socket
import threading
from pathlib import Path


class ApiPorts:
    """The ports of all APIs that were ever created here, so that a re-created one keeps its URL."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()

    def port_of(self, api_name: str) -> int:
        """The port of the API with this name, the same one at every call."""
        with self._lock:
            ports = self._read()
            if api_name not in ports:
                ports[api_name] = _free_port(set(ports.values()))
                self._write(ports)
            return ports[api_name]

    def _read(self) -> dict[str, int]:
        try:
            ports = json.loads(self._path.read_text())
        except (FileNotFoundError, ValueError):
            return {}
        return ports if isinstance(ports, dict) else {}

    def _write(self, ports: dict[str, int]) -> None:
        temporary = self._path.with_suffix(".new")
        temporary.write_text(json.dumps(ports, indent=2))
        temporary.replace(self._path)


def _free_port(taken: set[int]) -> int:
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        if port not in taken:
            return port
