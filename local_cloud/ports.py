"""The loopback ports that survive a restart, since the issuer and the endpoints are made of them."""

import errno
import json
import socket
import zlib
from pathlib import Path

from local_cloud.errors import LocalCloudError
from local_cloud.folder import LocalFolder, write_private
from local_cloud.processes import PROC, name_of, root_of

# Below the ports that Linux hands out by itself (32768 and up), so that no chance connection takes ours.
FIRST, COUNT = 20000, 12000


class KeptPorts:
    """The ports of one local cloud by name, in `.local/ports.json`."""

    def __init__(self, folder: LocalFolder) -> None:
        self._folder = folder
        self._path = folder.path / "ports.json"

    def listen(self, name: str) -> socket.socket:
        """
        Listen on the port that is kept under the name; the first time, on a free one, and keep that.

        Raises:
            LocalCloudError: somebody else holds the port, or the file is not what it was written as.
        """
        ports = self._read()
        if name in ports:
            return self._listen_kept(name, ports[name])
        listener = self._listen_free(set(ports.values()))
        ports[name] = listener.getsockname()[1]
        write_private(self._path, json.dumps(ports, indent=2))
        return listener

    def _listen_kept(self, name: str, port: int) -> socket.socket:
        try:
            return listen_on(port)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
            holder = describe_holder(port)
            raise LocalCloudError(
                f"port {port} of the local {name} is held by {holder.name}",
                remedy=f"{holder.remedy}, or remove {name!r} from {self._path} and take another port",
            ) from error

    def _listen_free(self, taken: set[int]) -> socket.socket:
        # Each root begins elsewhere: two checkouts that are not up at the same time do not choose the same ports.
        begin = zlib.crc32(str(self._folder.root).encode())
        for step in range(COUNT):
            port = FIRST + (begin + step) % COUNT
            if port in taken:
                continue
            try:
                return listen_on(port)
            except OSError as error:
                if error.errno not in (errno.EADDRINUSE, errno.EACCES):
                    raise
        raise LocalCloudError(f"no port from {FIRST} to {FIRST + COUNT - 1} is free", remedy="free one of them")

    def _read(self) -> dict[str, int]:
        try:
            ports = json.loads(self._path.read_text())
        except FileNotFoundError:
            return {}
        except ValueError:
            ports = None
        if not isinstance(ports, dict) or any(type(port) is not int for port in ports.values()):
            raise LocalCloudError(f"{self._path} is not an object of name → port", remedy=f"rm {self._path}")
        return ports


def listen_on(port: int) -> socket.socket:
    """
    Listen on 127.0.0.1, also where an earlier listener's connections still linger.

    The protocol is named, since asyncio sends small answers at once only then: others wait 40 ms for the client's ACK.
    """
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        listener.listen(128)
    except OSError:
        listener.close()
        raise
    return listener


class Holder:
    """Who listens on a port, as far as this user may know, and how to make them stop."""

    def __init__(self, pid: int | None) -> None:
        root = root_of(pid) if pid else None
        self.name = "another program"
        self.remedy = "stop that program"
        if pid:
            self.name, self.remedy = f"process {pid} ({name_of(pid)})", f"stop process {pid}"
        if root:
            self.name, self.remedy = f"the local cloud of {root}", f"run `mcp-okta local down` in {root}"


def describe_holder(port: int) -> Holder:
    """
    Find the process that listens on the port.

    Source: proc(5), /proc/net/tcp: state 0A is LISTEN.
    """
    rows = [row.split() for row in (PROC / "net/tcp").read_text().splitlines()[1:]]
    inodes = {f"socket:[{row[9]}]" for row in rows if row[3] == "0A" and int(row[1].split(":")[1], 16) == port}
    for link in PROC.glob("[0-9]*/fd/*"):
        if _target(link) in inodes:
            return Holder(int(link.parts[2]))
    return Holder(None)


def _target(link: Path) -> str:
    try:
        return str(link.readlink())
    except OSError:
        return ""
