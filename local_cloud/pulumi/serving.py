"""Serve a gRPC plugin as the engine expects it: the port on stdout, until a signal comes or the engine is gone."""

import os
import signal
import sys
import threading
from collections.abc import Callable
from concurrent import futures

import grpc

MESSAGE_BYTES = 400 * 1024 * 1024
LOOK_SECONDS = 1.0
# More than the engine asks at once, which is 16 unless it is told otherwise: Cancel must not wait behind the others.
THREADS = 128
GRACE_SECONDS = 5.0


def serve(
    register: Callable[[grpc.Server], None],
    at_end: Callable[[], None] = lambda: None,
    at_signal: Callable[[], None] = lambda: None,
) -> None:
    """
    Listen on a free loopback port, print it, and serve until SIGINT, SIGTERM or the engine's death; then exit.

    Args:
        at_signal: shortens the calls in flight, which then have some seconds to answer.
        at_end: ends what must not outlive this process.

    Source: Pulumi, plugin start-up protocol: the first line on stdout is the port.
    """
    limits = [("grpc.max_receive_message_length", MESSAGE_BYTES), ("grpc.max_send_message_length", MESSAGE_BYTES)]
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=THREADS), options=limits)
    register(server)
    port = server.add_insecure_port("127.0.0.1:0")
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    server.start()
    engine = os.getppid()
    print(port, flush=True)
    while not ended.wait(LOOK_SECONDS) and os.getppid() == engine:
        pass
    at_signal()
    server.stop(GRACE_SECONDS).wait(GRACE_SECONDS)
    at_end()
    leave()


def leave() -> None:
    """End now: a request that still waits for a cloud must not keep a process whose engine has left."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)
