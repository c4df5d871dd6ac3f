"""AWS's control plane: moto's server in process, with what the data plane needs put right on the way."""

import io
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from local_cloud.aws import switch
from local_cloud.aws.account import REGION, gateway, moto_lock
from local_cloud.aws.documents import refuse_document
from local_cloud.aws.dynamodb.transactions import Transactions
from local_cloud.aws.identity.managed import bring_managed_policy
from local_cloud.aws.identity.trust_updates import keep_trust
from local_cloud.aws.invocations import invoke_function
from local_cloud.aws.lambda_runtime import Outcome
from local_cloud.aws.moto_server import Moto
from local_cloud.aws.refusals import refuse_request
from local_cloud.aws.replies import Reply, StartResponse, peek_body, read_body, refusal
from local_cloud.aws.signature import read_signature
from local_cloud.aws.stages import tag_stage, update_stage
from local_cloud.errors import LocalCloudError

SERVICES = frozenset({"apigateway", "lambda", "iam", "logs", "sts", "dynamodb", "monitoring", "tagging"})
_FOLLOWED = ("apigateway", "lambda")
_GLOBAL = ("iam", "sts")
_API = re.compile(r"^/v2/apis(?:/[^/]+)?$")
_STAGE = re.compile(r"^/v2/apis/([^/]+)/stages/([^/]+)$")
_STAGE_TAGS = re.compile(r"^/v2/tags/arn:aws:apigateway:[^/]*/apis/([^/]+)/stages/([^/]+)$")
_TRANSACTION = "DynamoDB_20120810.TransactWriteItems"
_INVOKE = re.compile(r"^/2015-03-31/functions/([^/]+)/invocations$")


@dataclass(frozen=True)
class DataPlane:
    """
    What the control plane needs of the data plane; each is called in one of the control plane's threads.

    Args:
        runtime: Lambda's name of what runs functions here; None where nothing does.
    """

    follow: Callable[[], Mapping[str, LocalCloudError]]
    endpoint_of: Callable[[str], str | None]
    invoke: Callable[[str, bytes, str | None], Outcome]
    rename: Callable[[bool], None]
    deliver_logs: Callable[[], None] = lambda: None
    runtime: str | None = None


class ControlPlane:
    """
    The WSGI application: moto's, with each API's own endpoint in its answers, and with UpdateStage and Invoke.

    Does not check: who calls; that is the gate's.
    """

    def __init__(self, data_plane: DataPlane) -> None:
        self._moto = Moto()
        self._transactions = Transactions()
        self._data_plane = data_plane

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request of the AWS SDK."""
        return self._reply(environ).send(start_response)

    def _reply(self, environ: dict[str, Any]) -> Reply:
        path, method = environ.get("PATH_INFO", ""), environ["REQUEST_METHOD"]
        if path == switch.PATH:
            return switch.turn_switch(environ, self._data_plane.rename)
        service, refused = _service(environ)
        own = (
            refused
            or refuse_document(environ, service)
            or refuse_request(environ, service, self._data_plane.runtime)
            or self._own_reply(environ, method, path)
        )
        if own:
            return own
        if service == "logs":
            self._data_plane.deliver_logs()
        if service == "iam":
            bring_managed_policy(peek_body(environ))
            return keep_trust(environ, self._moto.reply)
        if environ.get("HTTP_X_AMZ_TARGET") == _TRANSACTION:
            return self._transactions.reply(environ, self._moto.reply)
        reply = self._moto.reply(environ)
        if method != "GET" and service in _FOLLOWED:
            self._data_plane.follow()
        return self._with_endpoints(reply) if _API.match(path) else reply

    def _own_reply(self, environ: dict[str, Any], method: str, path: str) -> Reply | None:
        """The answer of a call that moto lacks or that needs the data plane; None for all the others."""
        if (method, path) == ("POST", "/v2/apis"):
            return self._create_api(environ)
        if method == "POST" and (found := _INVOKE.match(path)):
            return invoke_function(environ, unquote(found[1]), self._data_plane.invoke)
        if method == "PATCH" and (found := _STAGE.match(path)):
            with moto_lock:
                return update_stage(environ, found[1], unquote(found[2]))
        if found := _STAGE_TAGS.match(unquote(path)):
            with moto_lock:
                return tag_stage(environ, method, found[1], found[2])
        return None

    def _create_api(self, environ: dict[str, Any]) -> Reply:
        """Create an API and open its door; one that nobody can reach is not left behind."""
        body = read_body(environ)
        reply = self._moto.reply({**environ, "wsgi.input": io.BytesIO(body)})
        if reply.status >= 300:
            return reply
        api_id = json.loads(reply.body)["apiId"]
        problem = self._data_plane.follow().get(api_id)
        if problem is None:
            return self._with_endpoints(reply)
        with moto_lock:
            gateway().delete_api(api_id)
        return refusal(environ, 409, "ConflictException", f"{problem.message} → {problem.remedy}")

    def _with_endpoints(self, reply: Reply) -> Reply:
        if reply.status >= 300 or not reply.body:
            return reply
        document = json.loads(reply.body)
        for api in document.get("items", [document]):
            endpoint = self._data_plane.endpoint_of(api.get("apiId", ""))
            api.update({"apiEndpoint": endpoint} if endpoint else {})
        return Reply(reply.status, json.dumps(document).encode(), reply.headers)


def _service(environ: Mapping[str, Any]) -> tuple[str | None, Reply | None]:
    """Which service is called, and the refusal if it, or its region, is not emulated."""
    signature = read_signature(environ)
    if signature is None:  # moto would take it for a call of S3, which is not emulated
        return None, refusal(environ, 403, "MissingAuthenticationToken", "the request is not signed")
    region, service = signature.region, signature.service
    if service not in SERVICES:
        lacking = f"the service {service!r}"
    elif region != REGION and service not in _GLOBAL:
        lacking = f"the region {region!r}, only {REGION}"
    else:
        return service, None
    text = f"the local AWS does not emulate {lacking}; local_cloud/COVERAGE.md lists what it does"
    return service, refusal(environ, 501, "NotEmulated", text)
