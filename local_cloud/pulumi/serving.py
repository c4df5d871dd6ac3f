"""Serve a gRPC plugin as the engine expects it: the port on stdout, until a signal comes."""

import signal
import sys
import threading
from collections.abc import Callable
from concurrent import futures

import grpc

MESSAGE_BYTES = 400 * 1024 * 1024


def serve(register: Callable[[grpc.Server], None]) -> None:
    """
    Listen on a free loopback port, print it, and serve until SIGINT or SIGTERM.

    Source: Pulumi, plugin start-up protocol: the first line on stdout is the port.
    """
    limits = [("grpc.max_receive_message_length", MESSAGE_BYTES), ("grpc.max_send_message_length", MESSAGE_BYTES)]
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=16), options=limits)
    register(server)
    port = server.add_insecure_port("127.0.0.1:0")
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    server.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    ended.wait()
    server.stop(grace=1).wait(2)
