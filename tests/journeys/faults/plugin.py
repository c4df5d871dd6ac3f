"""Inside a plugin: an interceptor of its gRPC server counts the calls, and at one of them does what the plan says."""

import functools
import json
import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import grpc

from tests.journeys.faults.fault import Plan

STEP_HEADER = "x-fault-step"
AGAIN_SECONDS = 2.0
Call = Callable[[Any, Any], Any]


class Saboteur(grpc.ServerInterceptor):
    """Notes each call, and strikes at one."""

    def __init__(self, plan: Plan, current: threading.local) -> None:
        self._plan = plan
        self._root, self._fault = plan.read()
        self._current = current

    def intercept_service(self, continuation: Any, details: Any) -> Any:
        """The same handler, with the fault around it."""
        handler = continuation(details)
        if handler is None or handler.unary_unary is None:
            return handler
        call = functools.partial(self._call, details.method.rsplit("/", 1)[-1], handler.unary_unary)
        return grpc.unary_unary_rpc_method_handler(call, handler.request_deserializer, handler.response_serializer)

    def _call(self, method: str, behaviour: Call, request: Any, context: Any) -> Any:
        step = step_of(method, request)
        self._plan.note("calls", step)
        self._current.step, self._current.requests = step, 0
        fault = self._fault
        if fault is None or fault.at_request or fault.step != step or not self._plan.strike():
            return behaviour(request, context)
        before(fault.kind, self._root, context)
        answer = behaviour(request, context)
        after(fault.kind, context)
        return answer


def step_of(method: str, request: Any) -> str:
    """The call's name, the same in every run: `Create okta:auth/server:Server server`."""
    if getattr(request, "preview", False):
        method += "-preview"
    if urn := getattr(request, "urn", ""):
        _, _, kinds, name = urn.split("::", 3)
        return f"{method} {kinds.rsplit('$', 1)[-1]} {name}"
    return f"{method} {getattr(request, 'tok', '') or plugin_name()}"


def plugin_name() -> str:
    """Which plugin this is: the engine starts it by that name."""
    return Path("/proc/self/cmdline").read_bytes().decode().partition("providers.")[2].partition("\0")[0]


def before(kind: str, root: Path, context: Any) -> None:
    """What happens before the call is done."""
    if kind == "refused":
        context.abort(grpc.StatusCode.UNKNOWN, "the cloud said no (a fault on purpose)")
    elif kind == "plugin-killed-before":
        die()
    elif kind == "engine-killed-before":
        os.kill(os.getppid(), signal.SIGKILL)
        die()
    elif kind == "command-killed":
        press(signal.SIGKILL)
    elif kind == "interrupted":
        press(signal.SIGINT)
    elif kind == "cloud-killed":
        os.killpg(json.loads((root / ".local/cloud.json").read_text())["process_group"], signal.SIGKILL)
    elif kind == "hung":
        hang()


def after(kind: str, context: Any) -> None:
    """What happens when the call is done, before its answer is sent."""
    if kind == "lost":
        context.abort(grpc.StatusCode.UNKNOWN, "the answer was lost (a fault on purpose)")
    elif kind == "plugin-killed-after":
        die()
    elif kind == "engine-killed-after":
        os.kill(os.getppid(), signal.SIGKILL)
        die()


def die() -> None:
    """Leave without a word."""
    os.kill(os.getpid(), signal.SIGKILL)


def press(number: signal.Signals) -> None:
    """Send the signal to the engine's parent, mcp-okta, and let it arrive."""
    os.kill(int(Path(f"/proc/{os.getppid()}/stat").read_text().rpartition(")")[2].split()[1]), number)
    time.sleep(0.3)


def hang() -> None:
    """Never answer; the person presses Ctrl-C, waits, and presses it again."""
    press(signal.SIGINT)
    time.sleep(AGAIN_SECONDS)
    press(signal.SIGINT)
    threading.Event().wait()


def arm() -> None:
    """Put the interceptor into the server that the plugin will open, and mark what it asks of the clouds."""
    plan, current = Plan(Path(os.environ["MCP_OKTA_FAULTS"])), threading.local()
    saboteur, open_server = Saboteur(plan, current), grpc.server
    grpc.server = lambda pool, **options: open_server(pool, interceptors=[saboteur], **options)
    if "MCP_OKTA_FAULTS_OKTA" in os.environ:
        os.environ["OKTA_HTTP_PROXY"] = os.environ["MCP_OKTA_FAULTS_OKTA"]
        os.environ["AWS_ENDPOINT_URL"] = os.environ["MCP_OKTA_FAULTS_AWS"]
        mark_requests(current)


def mark_requests(current: threading.local) -> None:
    """Let each request say which call it belongs to, so that the proxy knows where to strike."""
    import botocore.httpsession
    import httpx2

    def marked(send: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(send)
        def sending(self: Any, request: Any, *args: Any, **options: Any) -> Any:
            if hasattr(current, "step"):
                current.requests += 1
                request.headers[STEP_HEADER] = f"{current.step} #{current.requests}"
            return send(self, request, *args, **options)

        return sending

    httpx2.Client.send = marked(httpx2.Client.send)
    botocore.httpsession.URLLib3Session.send = marked(botocore.httpsession.URLLib3Session.send)
