"""AWS's control plane: moto's server in process, with what the data plane needs put right on the way."""

import json
import logging
import re
import threading
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.serving import BaseWSGIServer, make_server

from local_cloud.aws.account import gateway
from local_cloud.aws.stages import update_stage
from local_cloud.errors import LocalCloudError

StartResponse = Callable[..., Any]
SERVICES = frozenset({"apigateway", "lambda", "iam", "logs", "sts", "dynamodb", "monitoring", "tagging"})
_API = re.compile(r"^/v2/apis(?:/([^/]+))?$")
_STAGE = re.compile(r"^/v2/apis/([^/]+)/stages/([^/]+)$")
_SERVICE = re.compile(r"Credential=[^/]+/\d+/[^/]+/([^/]+)/aws4_request")


class _Moto(DomainDispatcherApplication):
    """moto with API Gateway v2 alone: v1 shares its host name, and wants a validator of OpenAPI that nobody here uses."""

    def get_backend_for_host(self, host: str | None) -> Any:
        """The name of moto's backend for this host."""
        backend = super().get_backend_for_host(host)
        return "apigatewayv2" if backend == "apigateway" else backend


class ControlPlane:
    """
    The WSGI application: moto's, with each API's own endpoint in its answers, and UpdateStage, which moto lacks.

    Source: API Gateway v2 API reference; facts measured on moto 5.2.
    """

    def __init__(self, endpoint_of: Callable[[str], str], changed: Callable[[], None]) -> None:
        self._moto = _Moto(create_backend_app)
        self._endpoint_of = endpoint_of
        self._changed = changed

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request of the AWS SDK."""
        service = _SERVICE.search(environ.get("HTTP_AUTHORIZATION", ""))
        if service and service.group(1) not in SERVICES:
            return _refuse(service.group(1), start_response)
        path, method = environ.get("PATH_INFO", ""), environ["REQUEST_METHOD"]
        stage = _STAGE.match(path)
        if stage and method == "PATCH":
            return update_stage(*stage.groups(), environ, start_response)
        if not _API.match(path):
            answer = self._moto(environ, start_response)
            if method != "GET":
                self._changed()
            return answer
        return self._with_endpoints(environ, start_response)

    def _with_endpoints(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        status, headers, body = _run(self._moto, environ)
        try:
            self._changed()
        except LocalCloudError as error:
            gateway().delete_api(json.loads(body)["apiId"])  # an API that nobody can reach is not left behind
            return _error(409, "ConflictException", f"{error.message} → {error.remedy}", start_response)
        if status.startswith("2") and body:
            body = json.dumps(self._rewritten(json.loads(body))).encode()
        kept = [(name, value) for name, value in headers if name.lower() != "content-length"]
        start_response(status, [*kept, ("Content-Length", str(len(body)))])
        return [body]

    def _rewritten(self, document: dict[str, Any]) -> dict[str, Any]:
        for api in document.get("items", [document]):
            if "apiEndpoint" in api:
                api["apiEndpoint"] = self._endpoint_of(api["name"])
        return document


def _run(app: Callable[..., Iterable[bytes]], environ: dict[str, Any]) -> tuple[str, list[tuple[str, str]], bytes]:
    """Run a WSGI application and collect its whole answer."""
    started: list[Any] = []

    def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> None:
        started[:] = [status, headers]

    body = b"".join(app(environ, start_response))
    return started[0], started[1], body


def _refuse(service: str, start_response: StartResponse) -> Iterable[bytes]:
    text = f"the local AWS does not emulate the service {service!r}; local_cloud/COVERAGE.md lists what it does"
    return _error(501, "NotEmulated", text, start_response)


def _error(status: int, kind: str, text: str, start_response: StartResponse) -> Iterable[bytes]:
    body = json.dumps({"__type": kind, "message": text, "Message": text}).encode()
    headers = [("Content-Type", "application/json"), ("x-amzn-ErrorType", kind), ("Content-Length", str(len(body)))]
    start_response(f"{status} {HTTPStatus(status).phrase}", headers)
    return [body]


class _QuietHandler(MotoRequestHandler):
    protocol_version = "HTTP/1.1"

    def log(self, type: str, message: str, *args: Any) -> None:
        """Requests go to the log file, not to a terminal."""
        logging.getLogger("local_cloud.aws").debug(message, *args)


class ControlPlaneServer:
    """The control plane on a loopback port, in a thread of its own."""

    def __init__(self, app: ControlPlane, port: int) -> None:
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        self._server: BaseWSGIServer = make_server("127.0.0.1", port, app, threaded=True, request_handler=_QuietHandler)
        self._thread = threading.Thread(target=self._server.serve_forever, name="control-plane", daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """The endpoint for `AWS_ENDPOINT_URL`."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def stop(self) -> None:
        """Stop serving and release the port."""
        self._server.shutdown()
        self._thread.join(timeout=5)
        self._server.server_close()
