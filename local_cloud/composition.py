"""What the local cloud consists of: Okta, AWS, and an endpoint that says who is there."""

import asyncio
import contextlib
import os
import socket
from collections.abc import Callable

import anyio.to_thread

from local_cloud.aws import AwsCloud
from local_cloud.clock import Clock
from local_cloud.folder import LocalFolder
from local_cloud.health import answers, build_control
from local_cloud.okta import OktaSettings, build_okta
from local_cloud.parts import HttpPart, Part
from local_cloud.ports import KeptPorts, listen_on
from local_cloud.state import State

PROBE_SECONDS = 5
MISSES = 3


class AwsPart:
    """The local AWS on its kept port; it runs in a thread of its own, so its death shows only in its silence."""

    name = "aws"

    def __init__(self, folder: LocalFolder, reserved: socket.socket, say: Callable[[str], None]) -> None:
        self._reserved = reserved
        self.url = f"http://127.0.0.1:{reserved.getsockname()[1]}"
        self.cloud = AwsCloud(folder.root, reserved.getsockname()[1], say)

    async def start(self) -> None:
        """Hand the port over and start."""
        self._reserved.close()
        await self.cloud.start()

    async def stop(self) -> None:
        """Stop the control plane, the front doors and the functions."""
        self._reserved.close()
        await self.cloud.stop()

    async def failure(self) -> str:
        """Wait until it has missed several probes in a row."""
        missed = 0
        while missed < MISSES:
            await asyncio.sleep(PROBE_SECONDS)
            missed = 0 if await anyio.to_thread.run_sync(answers, self.url, PROBE_SECONDS) else missed + 1
        return f"{self.url} does not answer any more"


def compose(folder: LocalFolder, say: Callable[[str], None], boot_id: str) -> tuple[list[Part], Callable[[str], State]]:
    """
    The parts in the order of their start, and what the state file will say of them once they answer.

    Raises:
        LocalCloudError: somebody else holds a kept port.
    """
    with contextlib.ExitStack() as taken:
        ports = KeptPorts(folder)
        okta_port = taken.enter_context(ports.listen("okta"))
        aws_port = taken.enter_context(ports.listen("aws"))
        control_port = taken.enter_context(listen_on(0))
        taken.pop_all()
    token = folder.secret("okta-api-token")
    okta_url = f"http://127.0.0.1:{okta_port.getsockname()[1]}"
    settings = OktaSettings(okta_url, token, state_file=folder.path / "okta.json")
    okta = HttpPart("okta", build_okta(settings, Clock()), okta_port)
    aws = AwsPart(folder, aws_port, say)
    identity = {"boot_id": boot_id, "root": str(folder.root)}
    control = HttpPart("control", build_control(identity, aws.cloud.apis), control_port)

    def describe(started: str) -> State:
        pid, group = os.getpid(), os.getpgrp()
        where = (okta_url, token, aws.url, control.url)
        return State(pid, group, started, boot_id, str(folder.root), *where)

    return [okta, aws, control], describe
