"""No request of any kind makes the local AWS fail: control plane with edge and gate, and the front door. Issue 4."""

import asyncio
import io
import json
from collections.abc import Iterator, MutableMapping
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlencode

import botocore.session
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from moto.moto_api._internal.models import moto_api_backend

from local_cloud.aws.cloudwatch import Delivery
from local_cloud.aws.control_plane import ControlPlane, DataPlane
from local_cloud.aws.edge import Edge
from local_cloud.aws.front_door.access_log import AccessLog
from local_cloud.aws.front_door.door import Door
from local_cloud.aws.identity import Administrator, Gate, Sessions
from local_cloud.aws.lambda_runtime import Outcome
from local_cloud.hosts import OurHosts
from local_cloud.keys import Keys
from tests.local_cloud.aws.account import Account
from tests.local_cloud.aws.signing import signature_of
from tests.local_cloud.okta.management.strategies import BYTES, JSON, METHODS, SEGMENTS
from tests.requirements import requirement

BOUNDED = settings(max_examples=250, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
KEYS = Keys("LOCALTEST", "a secret")
MODELS = {"apigateway": "apigatewayv2", "lambda": "lambda", "dynamodb": "dynamodb", "logs": "logs", "iam": "iam",
          "sts": "sts", "monitoring": "cloudwatch", "tagging": "resourcegroupstaggingapi"}  # fmt: skip
TARGETS = [
    "/",
    "*",
    "",
    "//x",
    "/v2/apis",
    "/moto-api/data.json",
    "/_local/rename-www-authenticate",
    "/%ff",
    "http://[/",
]
LENGTHS = ["x", "-1", "+1", "1, 1", "9" * 30, "99", "", "\u0661", "1_0"]
HEADERS = st.dictionaries(
    st.sampled_from(["HTTP_HOST", "HTTP_ORIGIN", "HTTP_ACCEPT", "HTTP_X_AMZ_DATE", "HTTP_X_AMZ_SECURITY_TOKEN",
                     "HTTP_AUTHORIZATION", "HTTP_TRANSFER_ENCODING", "HTTP_X_AMZ_LOG_TYPE", "CONTENT_TYPE"]),
    BYTES.map(lambda value: value.decode("latin-1")) | st.sampled_from(["localhost", "[::1", "chunked", "Tail"]),
    max_size=3,
)  # fmt: skip


@lru_cache
def operations() -> list[tuple[str, Any]]:
    """Every operation of every emulated service, from the SDK's own models."""
    session = botocore.session.Session()
    models = [(service, session.get_service_model(name)) for service, name in MODELS.items()]
    return [(service, model.operation_model(name)) for service, model in models for name in model.operation_names]


def members_of(operation: Any) -> list[str]:
    """How the members of its input are called on the wire."""
    shapes = operation.input_shape.members if operation.input_shape else {}
    return [shape.serialization.get("name", name) for name, shape in shapes.items()] or ["x"]


@pytest.fixture(scope="module")
def plane() -> Iterator[Edge]:
    """The control plane without a data plane behind it."""
    data_plane = DataPlane(dict, lambda name: None, lambda name, event, context: Outcome("ok", event), lambda on: None)
    yield Edge(Gate(ControlPlane(data_plane), Sessions(), Administrator(KEYS, "token")))
    moto_api_backend.reset()


def ask(plane: Edge, environ: dict[str, Any], body: bytes) -> int:
    """Send a request as a web server would hand it over, and take the status; an exception is a failure."""
    path, _, query = environ["RAW_URI"].partition("?")
    given = {"PATH_INFO": unquote(path, "latin-1"), "QUERY_STRING": query, "wsgi.input": io.BytesIO(body)}
    given |= {"SCRIPT_NAME": "", "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "80", "wsgi.url_scheme": "http"}
    given |= {"SERVER_PROTOCOL": "HTTP/1.1", "wsgi.errors": io.StringIO(), "CONTENT_LENGTH": str(len(body))}
    seen: list[str] = []
    b"".join(plane({**given, **environ}, lambda status, headers, exc_info=None: seen.append(status)))
    return int(seen[0].split()[0])


def signed(service: str, environ: dict[str, Any], body: bytes) -> dict[str, Any]:
    """The same request with the administrator's signature."""
    names = {"content_type": "CONTENT_TYPE", "x_amz_target": "HTTP_X_AMZ_TARGET", "host": "HTTP_HOST"}
    headers = {name: environ[key] for name, key in names.items() if environ.get(key)}
    url = f"http://localhost{environ['RAW_URI']}"
    found = signature_of(KEYS, service, environ["REQUEST_METHOD"], url, body, **headers)
    return environ | {f"HTTP_{name.upper().replace('-', '_')}": found[name] for name in ("Authorization", "X-Amz-Date")}


@requirement("aws:malformed")
@BOUNDED
@given(data=st.data(), which=st.sampled_from(operations()))
def test_no_document_makes_the_control_plane_fail(plane: Edge, data: st.DataObject, which: tuple[str, Any]) -> None:
    """Any operation of the SDK's, signed, with members of every kind."""
    service, operation = which
    junk = st.sampled_from([quote(segment) for segment in SEGMENTS if segment])
    uri = operation.http["requestUri"].partition("?")[0].replace("+}", "}").replace("{proxy}", "x")
    names = [part.strip("{}") for part in uri.split("/") if part.startswith("{")]
    path = uri.format_map({name: data.draw(junk) for name in names}) if names else uri
    members = st.sampled_from(members_of(operation))
    environ = {"REQUEST_METHOD": operation.http["method"], "RAW_URI": path, "HTTP_HOST": "localhost"}
    if service in ("iam", "sts"):
        form = {"Action": operation.name, **data.draw(st.dictionaries(members, st.text(max_size=9), max_size=4))}
        body = urlencode(form, errors="replace").encode()
        environ["CONTENT_TYPE"] = "application/x-www-form-urlencoded"
    else:
        body = json.dumps(data.draw(st.dictionaries(members, JSON, max_size=4) | JSON)).encode()
        environ["CONTENT_TYPE"] = "application/x-amz-json-1.0"
        environ["HTTP_X_AMZ_TARGET"] = f"{operation.service_model.metadata.get('targetPrefix', '')}.{operation.name}"

    assert ask(plane, signed(service, environ, body), body) != 500


@requirement("aws:malformed")
@BOUNDED
@given(
    method=METHODS,
    target=st.sampled_from(TARGETS) | st.sampled_from(SEGMENTS).map(lambda segment: f"/v2/apis/{segment}?{segment}"),
    headers=HEADERS,
    body=st.binary(max_size=40),
    service=st.sampled_from([*MODELS, "s3", "", None]),
    length=st.none() | st.sampled_from(LENGTHS),
)
@example("POST", "/v2/apis", {"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input_terminated": True}, b"x", None, None)
def test_no_request_makes_the_control_plane_fail(
    plane: Edge, method: str, target: str, headers: dict[str, Any], body: bytes, service: str | None, length: str | None
) -> None:
    """Methods, targets, headers and lengths of every kind, signed or not."""
    environ = {"REQUEST_METHOD": method, "RAW_URI": target, "HTTP_HOST": "localhost"}
    environ = (signed(service, environ, body) if service and target.startswith("/") else environ) | headers
    environ |= {} if length is None else {"CONTENT_LENGTH": length}

    assert ask(plane, environ, body) != 500


class Answering:
    """Functions that answer with what they are given."""

    async def invoke(self, name: str, payload: bytes) -> Outcome:
        """The event is the body of the answer."""
        return Outcome("ok", json.dumps({"statusCode": 200, "body": payload.decode()}).encode())


@pytest.fixture
def door(account: Account, tmp_path: Path) -> OurHosts:
    """The front door of an API whose requests are logged with all that they bring."""
    made = account.serve()["id"]
    line = json.dumps({name: f"$context.{name}" for name in ("path", "identity.userAgent", "domainName", "httpMethod")})
    logged = {"DestinationArn": "arn:aws:logs:us-east-1:123456789012:log-group:x", "Format": line}
    account.gateway.update_stage(ApiId=made, StageName="$default", AccessLogSettings=logged)
    return OurHosts(Door(made, Answering(), AccessLog(tmp_path, made, Delivery()), lambda: True))  # type: ignore[arg-type]


def visit(door: OurHosts, method: str, target: bytes, query: bytes, headers: Any, body: bytes) -> int | None:
    """Send a request as a web server would hand it over, and take the status; an exception is a failure."""
    scope: dict[str, Any] = {"type": "http", "http_version": "1.1", "scheme": "http", "server": ("127.0.0.1", 80)}
    scope |= {"method": method, "path": unquote(target.decode("latin-1")), "raw_path": target, "query_string": query}
    scope |= {"headers": headers, "client": ("127.0.0.1", 1), "root_path": ""}
    sent: list[MutableMapping[str, Any]] = []

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    asyncio.run(door(scope, receive, send))
    return sent[0]["status"] if sent else None


@requirement("aws:malformed")
@BOUNDED
@given(
    method=METHODS,
    target=st.sampled_from([text.encode() for text in (*TARGETS, "http://localhost", "http://x:99999/", "HTTP://")])
    | BYTES.map(lambda value: b"/" + value),
    query=BYTES,
    headers=st.lists(
        st.tuples(
            st.sampled_from([b"host", b"content-type", b"cookie", b"content-length", b"origin", b"expect", b"x-\xff"]),
            BYTES | st.sampled_from([b"localhost", b"application/json", b"text/plain; charset=\xff", b"a=b; ;c"]),
        ),
        max_size=4,
    ),
    body=st.binary(max_size=40),
)
def test_no_request_makes_the_front_door_fail(
    door: OurHosts, method: str, target: bytes, query: bytes, headers: Any, body: bytes
) -> None:
    """Targets, queries, headers and bodies of every kind, on the way to a function that answers."""
    assert visit(door, method, target, query, headers, body) not in (None, 500)
