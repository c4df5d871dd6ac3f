"""moto's own server as a WSGI application, whose failures the SDK can read."""

import json
import logging
import traceback
from typing import Any

from moto.core.model_instances import reset_model_data
from moto.moto_api import recorder
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

from local_cloud.aws.account import moto_lock
from local_cloud.aws.replies import Reply, refusal

_log = logging.getLogger("local_cloud.aws")


# What moto serves beside AWS's services, whoever asks: it resets, records, writes files and replays requests.
_MOTOS_OWN = ("moto_api", "instance_metadata")


class _Dispatcher(DomainDispatcherApplication):
    """API Gateway v2 alone: v1 shares its host name, and wants a validator of OpenAPI that nobody here uses."""

    def get_backend_for_host(self, host: str | None) -> Any:
        """
        The name of moto's backend for this host.

        Raises:
            NotImplementedError: it is one of moto's own.
        """
        if host in _MOTOS_OWN:
            raise NotImplementedError("moto's own API")
        backend = super().get_backend_for_host(host)
        return "apigatewayv2" if backend == "apigateway" else backend


class Moto:
    """Answers as moto does; what moto lacks or stumbles over is an AWS error with the call's name."""

    def __init__(self) -> None:
        recorder.stop_recording()  # a variable of moto's may have started it
        self._app = _Dispatcher(create_backend_app)

    def reply(self, environ: dict[str, Any]) -> Reply:
        """Answer one request."""
        call = f"{environ['REQUEST_METHOD']} {environ.get('PATH_INFO', '')}"
        try:
            reply = self._run(environ)
        except NotImplementedError as error:
            return refusal(environ, 501, "NotEmulated", f"the local AWS does not emulate this call: {error}")
        except Exception as error:  # whatever moto stumbles over, the SDK gets an answer that it can read
            if _is_unreadable(error):
                return refusal(
                    environ, 400, "SerializationException", f"{call} is not of the form that the SDK gives it"
                )
            _log.exception("moto failed at %s", call)
            text = f"the local AWS does not emulate {call} as it was asked: moto failed; the local cloud's log says why"
            return refusal(environ, 501, "NotEmulated", text)
        if reply.status in (404, 405, 500) and reply.content_type.startswith("text/html") and _is_page(reply):
            return refusal(environ, 501, "NotEmulated", f"the local AWS does not emulate {call}")
        return reply

    def _run(self, environ: dict[str, Any]) -> Reply:
        reply = Reply(500)

        def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> None:
            reply.status = int(status.split(" ")[0])
            # moto lets every page read every answer
            reply.headers = [pair for pair in headers if not pair[0].lower().startswith("access-control-")]

        with moto_lock:
            reply.body = b"".join(self._app(environ, start_response))
            reset_model_data()  # moto remembers each object that there ever was, for a page that nobody here opens
        return reply


def _is_unreadable(error: Exception) -> bool:
    """Whether moto failed while it read the request, by the SDK's own models."""
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    names = {frame.f_globals.get("__name__") for frame in frames}
    return isinstance(error, json.JSONDecodeError) or "moto.core.parse" in names


def _is_page(reply: Reply) -> bool:
    """Whether this is a page of the web framework: moto's own answers can be labelled as HTML too."""
    return reply.body[:9].lower() == b"<!doctype"
