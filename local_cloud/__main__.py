"""The local cloud's process: `python -m local_cloud --root DIR`; `mcp-okta local up` starts it."""

import argparse
import asyncio
import contextlib
import json
import logging
import os
import secrets
import sys
from datetime import UTC, datetime
from pathlib import Path

from local_cloud.errors import LocalCloudError
from local_cloud.folder import LocalFolder
from local_cloud.processes import MARK

log = logging.getLogger("local_cloud")


class Messenger:
    """Tells the one who waits at the other end of the pipe; nobody may be there any more."""

    def __init__(self, descriptor: int | None) -> None:
        self._descriptor = descriptor
        if descriptor is not None:
            os.set_inheritable(descriptor, False)

    def say(self, text: str) -> None:
        """A step on the way."""
        log.info("%s", text)
        self._send({"say": text})

    def fail(self, error: LocalCloudError) -> None:
        """Why it cannot go on, and what to do."""
        log.error("%s (%s)", error.message, error.remedy)
        self._send({"error": error.message, "remedy": error.remedy})

    def ready(self) -> None:
        """Everything answers; nothing more will be said."""
        log.info("ready")
        self._send({"ready": True})
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _send(self, document: dict[str, object]) -> None:
        if self._descriptor is not None:
            with contextlib.suppress(BrokenPipeError):
                os.write(self._descriptor, json.dumps(document).encode() + b"\n")


async def run(folder: LocalFolder, messenger: Messenger) -> None:
    """
    Start the clouds, write the state file, and stay until SIGTERM.

    Raises:
        LocalCloudError: a part did not start, or died.
    """
    from local_cloud.composition import compose
    from local_cloud.daemon import Daemon
    from local_cloud.state import remove_state, write_state

    parts, describe = compose(folder, messenger.say, secrets.token_hex(8))

    def ready() -> None:
        write_state(folder, describe(datetime.now(UTC).isoformat(timespec="seconds")))
        messenger.ready()

    daemon = Daemon(parts, ready, messenger.say)
    daemon.listen_to_signals()
    try:
        await daemon.run()
    finally:
        remove_state(folder)


def main() -> int:
    """Run the daemon; 1 after a failure, with the reason in the log."""
    parser = argparse.ArgumentParser(prog="python -m local_cloud", description=__doc__)
    parser.add_argument("--root", type=Path, required=True, help="the repository root")
    parser.add_argument("--ready-fd", type=int, help="a pipe on which to tell what happens")
    options = parser.parse_args()
    folder = LocalFolder.of(options.root)
    os.umask(0o077)
    os.environ.setdefault(MARK, str(folder.root))
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("uvicorn").setLevel(logging.WARNING)
    messenger = Messenger(options.ready_fd)
    try:
        folder.prepare()
        asyncio.run(run(folder, messenger))
    except LocalCloudError as error:
        messenger.fail(error)
        return 1
    log.info("stopped")
    return 0


if __name__ == "__main__":
    sys.exit(main())
