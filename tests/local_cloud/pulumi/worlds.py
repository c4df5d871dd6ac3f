"""The two clouds in process, each with its plugin in front and a seam for faults between them."""

import io
import json
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import boto3
import httpx2
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.exceptions import ConnectionClosedError, ReadTimeoutError
from moto.moto_api._internal.models import moto_api_backend
from urllib3 import HTTPResponse
from werkzeug.test import EnvironBuilder, run_wsgi_app

from local_cloud.aws.control_plane import ControlPlane, DataPlane
from local_cloud.clock import Clock
from local_cloud.errors import LocalCloudError
from local_cloud.okta import OktaSettings, build_okta
from local_cloud.pulumi.providers import aws, okta
from local_cloud.pulumi.providers.aws.client import AwsClient
from local_cloud.pulumi.providers.okta.client import OktaClient
from local_cloud.pulumi.providers.patience import Patience
from local_cloud.pulumi.providers.resource import Plugin
from tests.local_cloud.pulumi.faults import Faults
from tests.local_cloud.pulumi.in_process import InProcess

OKTA_URL, OKTA_TOKEN = "http://127.0.0.1:8480", "00-a-token-that-nobody-may-see"
AWS_URL = "http://aws.test"
Above = dict[str, dict[str, Any]]


@dataclass
class World:
    """
    One cloud and the plugin's client of it.

    Args:
        client: through the seam, with waits that last no time.
        clean: past the seam.
        above: what the objects of the tests stand on, by a short name.
        waits: how long the client was told to wait.
    """

    plugin: Plugin
    client: Any
    clean: Any
    faults: Faults
    waits: list[float]
    above: Above = field(default_factory=dict)


def patience(waits: list[float]) -> Patience:
    """Waits that are remembered, and last no time."""

    def wait(seconds: float) -> bool:
        waits.append(seconds)
        return False

    return Patience(now=time.time, wait=wait, chance=lambda: 1.0)


def okta_world() -> World:
    """A new local Okta."""
    app = build_okta(OktaSettings(OKTA_URL, OKTA_TOKEN), Clock())
    faults = Faults(_okta_refusal, lambda: httpx2.ReadError("lost"), lambda: httpx2.ReadTimeout("slow"))
    waits: list[float] = []

    def client(transport: httpx2.BaseTransport) -> OktaClient:
        return OktaClient(OKTA_URL, OKTA_TOKEN, httpx2.Client(transport=transport), patience(waits))

    return World(okta.PLUGIN, client(_Faulty(app, faults)), client(InProcess(app)), faults, waits)


class _Faulty(InProcess):
    def __init__(self, app: Any, faults: Faults) -> None:
        super().__init__(app)
        self._faults = faults

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Answer one request, or not."""
        label = f"{request.method} {request.url.raw_path.decode()}"
        return self._faults.pass_through(label, request, lambda: super(_Faulty, self).handle_request(request))


def _okta_refusal(status: int, request: httpx2.Request) -> httpx2.Response:
    body = {"errorCode": "E0000009", "errorSummary": "a fault", "errorCauses": []}
    return httpx2.Response(status, json=body, headers={"x-rate-limit-reset": str(int(time.time()) + 2)})


def aws_world() -> World:
    """The local control plane with nothing in it."""
    moto_api_backend.reset()
    plane = ControlPlane(DataPlane(dict, lambda name: f"http://127.0.0.1:1/{name}", _no_function, lambda on: None))
    drop = lambda: ConnectionClosedError(endpoint_url=AWS_URL)  # noqa: E731
    faults = Faults(_aws_refusal, drop, lambda: ReadTimeoutError(endpoint_url=AWS_URL))
    waits: list[float] = []
    seams = (faults, Faults(_aws_refusal, drop, drop))
    faulty, clean = (AwsClient(_session(plane, seam), patience(waits)) for seam in seams)
    return World(aws.PLUGIN, faulty, clean, faults, waits)


def _no_function(name: str, event: bytes, context: str | None) -> Any:
    raise LocalCloudError(f"the function {name} does not run in this test", "do not call it")


def _session(plane: ControlPlane, faults: Faults) -> boto3.session.Session:
    """A session whose requests never reach a socket."""
    session = boto3.session.Session(region_name="us-east-1", aws_access_key_id="local", aws_secret_access_key="local")

    def send(request: AWSPreparedRequest, event_name: str, **_: Any) -> AWSResponse:
        label = event_name.removeprefix("before-send.")
        return faults.pass_through(label, request, lambda: _ask(plane, request))

    session.events.register("before-send", send)
    return session


def _ask(plane: ControlPlane, request: AWSPreparedRequest) -> AWSResponse:
    body = request.body.encode() if isinstance(request.body, str) else request.body
    body = body.read() if hasattr(body, "read") else body
    headers = {name: value.decode() if isinstance(value, bytes) else value for name, value in request.headers.items()}
    environ = EnvironBuilder(
        path=request.url.removeprefix(_base(request.url)),
        base_url=_base(request.url),
        method=request.method,
        headers=headers,
        data=body or b"",
    ).get_environ()
    content, status, answered = run_wsgi_app(plane, environ)
    return _response(request.url, int(status.split()[0]), dict(answered), b"".join(content))


def _base(url: str) -> str:
    return "/".join(url.split("/")[:3])


def _response(url: str, status: int, headers: dict[str, str], content: bytes) -> AWSResponse:
    raw = HTTPResponse(io.BytesIO(content), headers=headers, status=status, preload_content=False)
    return AWSResponse(url, status, raw.headers, raw)


_CODES = {400: "ValidationException", 409: "ConflictException", 429: "TooManyRequestsException", 500: "InternalFailure"}


def _aws_refusal(status: int, request: AWSPreparedRequest) -> AWSResponse:
    code = _CODES[status]
    if (urlsplit(request.url).hostname or "").startswith(("iam.", "sts.")):  # a random id in the path may say so too
        text = f"<ErrorResponse><Error><Code>{code}</Code><Message>a fault</Message></Error></ErrorResponse>"
        return _response(request.url, status, {"content-type": "text/xml"}, text.encode())
    body = json.dumps({"__type": code, "message": "a fault"}).encode()
    return _response(request.url, status, {"x-amzn-errortype": code, "content-type": "application/json"}, body)
