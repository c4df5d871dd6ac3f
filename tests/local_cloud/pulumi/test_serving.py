"""A plugin process: it says its port, answers, and does not outlive the engine."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import grpc
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from tests.requirements import requirement

PLUGIN = [sys.executable, "-m", "local_cloud.pulumi.providers.okta", "127.0.0.1:1"]
# A parent that starts the plugin, tells its process id, passes on its port, and goes away without a word to it.
PARENT = (
    "import os, subprocess, sys\n"
    f"plugin = subprocess.Popen({PLUGIN!r}, stdout=subprocess.PIPE, text=True)\n"
    "print(plugin.pid, plugin.stdout.readline().strip(), flush=True)\n"
    "sys.stdin.read()\n"
    "os._exit(0)\n"
)


@requirement("pulumi:ends")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_plugin_ends_quietly_at_a_signal(number: signal.Signals) -> None:
    """It says its port, answers there, and the engine's signal ends it without a word (start-up protocol)."""
    with subprocess.Popen(PLUGIN, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as plugin:
        assert plugin.stdout
        with grpc.insecure_channel(f"127.0.0.1:{int(plugin.stdout.readline())}") as channel:
            info = provider_pb2_grpc.ResourceProviderStub(channel).GetPluginInfo(empty_pb2.Empty(), timeout=5)
        plugin.send_signal(number)
        _, errors = plugin.communicate(timeout=5)

    assert info.version == "7.0.1"
    assert (plugin.returncode, errors) == (0, "")


@requirement("pulumi:cancel")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_a_wait_and_the_engine_is_told(number: signal.Signals) -> None:
    """A call that waits for a rate limit answers before the process ends (ours: the state is told)."""
    with (
        limited_org() as (url, asked),
        subprocess.Popen(
            PLUGIN,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "OKTA_HTTP_PROXY": url, "OKTA_API_TOKEN": "00x"},
        ) as plugin,
    ):
        assert plugin.stdout
        with grpc.insecure_channel(f"127.0.0.1:{int(plugin.stdout.readline())}") as channel:
            stub = provider_pb2_grpc.ResourceProviderStub(channel)
            call = stub.Configure.future(provider_pb2.ConfigureRequest(), timeout=20)
            assert asked.wait(10)
            plugin.send_signal(number)
            try:
                failure = call.exception(timeout=8)
                plugin.wait(8)
            finally:
                plugin.kill()

    assert failure.details() == f"GET {url}/api/v1/users/me: cancelled"
    assert plugin.returncode == 0


@contextmanager
def limited_org() -> Iterator[tuple[str, threading.Event]]:
    """An org that is beyond its rate limit for a long time; the event: it was asked."""
    asked = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        """Refuses each request."""

        def do_GET(self) -> None:
            """429."""
            self.send_response(429)
            self.send_header("x-rate-limit-reset", "99999999999")
            self.send_header("content-length", "0")
            self.end_headers()
            asked.set()

        def log_message(self, format: str, *args: Any) -> None:
            """Keep the terminal clean."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    thread.join()
    server.server_close()


@requirement("pulumi:ends")
def test_a_plugin_ends_when_its_engine_was_killed() -> None:
    """Nothing is left running by an `up` that was killed (issue 3, must show)."""
    with subprocess.Popen([sys.executable, "-c", PARENT], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as parent:
        assert parent.stdout
        plugin = int(parent.stdout.readline().split()[0])
        parent.kill()

    assert ends(plugin)


def ends(process: int) -> bool:
    """Whether the process ends by itself within some seconds."""
    for _ in range(100):
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return True
        threading.Event().wait(0.05)
    os.kill(process, signal.SIGKILL)
    return False
