"""Two clouds for an environment: moto's AWS in process, and the local Okta on a loopback port."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
import httpx2
import uvicorn
from joserfc.jwk import RSAKey
from moto.backends import get_backend
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, make_server

from environments.accounts import Clouds
from environments.ownership import Owner
from local_cloud.clock import Clock
from local_cloud.okta import OktaSettings, build_okta
from tests.client.fake_world import free_port

TOKEN = "00test"
KEYS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
ASSUME = """{"Version": "2012-10-17", "Statement": [
  {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]}"""
POLICY = """{"Version": "2012-10-17", "Statement": [
  {"Effect": "Allow", "Action": "logs:PutLogEvents", "Resource": "*"}]}"""


@contextmanager
def okta_org() -> Iterator[httpx2.Client]:
    """The local Okta, serving; a client of its Management API."""
    url = f"http://127.0.0.1:{free_port()}"
    config = uvicorn.Config(
        build_okta(OktaSettings(url, TOKEN), Clock()), port=int(url.rsplit(":", 1)[1]), log_config=None, ws="none"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        deadline = time.monotonic() + 5
        while not server.started:
            assert time.monotonic() < deadline and thread.is_alive()
            time.sleep(0.01)
        with httpx2.Client(base_url=url, headers={"Authorization": f"SSWS {TOKEN}"}, trust_env=False) as client:
            yield client
    finally:
        server.should_exit = True
        thread.join(10)


class Moto(DomainDispatcherApplication):
    """moto with API Gateway v2 alone; v1 shares its host."""

    def get_backend_for_host(self, host: str | None) -> Any:
        """The name of the backend."""
        found = super().get_backend_for_host(host)
        return "apigatewayv2" if found == "apigateway" else found


class Quiet(WSGIRequestHandler):
    """No line per request."""

    def log(self, type: str, message: str, *args: Any) -> None:
        """Say nothing."""


@contextmanager
def aws_account() -> Iterator[str]:
    """moto's AWS, serving; its address."""
    server = make_server("127.0.0.1", 0, Moto(create_backend_app), threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()


def forget_aws() -> None:
    """Empty the account."""
    for name in ("apigatewayv2", "lambda", "iam", "logs", "dynamodb"):
        get_backend(name).reset()


def aws(endpoint: str, service: str) -> Any:
    """A client of the AWS SDK."""
    return boto3.client(
        service,
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )


def clouds(okta: httpx2.Client, endpoint: str, **changed: Any) -> Clouds:
    """How an environment reaches them."""
    known = {"okta_url": str(okta.base_url).rstrip("/"), "okta_token": TOKEN, "region": "us-east-1", "profile": None}
    return Clouds(**{**known, "environ": {**KEYS, "AWS_ENDPOINT_URL": endpoint}, **changed})


def make_on_aws(endpoint: str, owner: Owner) -> dict[str, str]:
    """What `up` makes on AWS, as far as marks go; type → id."""
    name, tags = owner.name, owner.aws_tags
    api = aws(endpoint, "apigatewayv2").create_api(Name=name, ProtocolType="HTTP", Tags=tags)
    iam = aws(endpoint, "iam")
    listed = [{"Key": key, "Value": value} for key, value in tags.items()]
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=ASSUME, Tags=listed)["Role"]
    iam.put_role_policy(RoleName=name, PolicyName="write-log", PolicyDocument=POLICY)
    aws(endpoint, "lambda").create_function(
        FunctionName=name,
        Role=role["Arn"],
        Runtime="python3.13",
        Handler="x.y",
        Code={"ZipFile": b"PK\x05\x06" + bytes(18)},
        Tags=tags,
    )
    logs = aws(endpoint, "logs")
    for group in (f"/aws/lambda/{name}", f"/aws/vendedlogs/{name}"):
        logs.create_log_group(logGroupName=group, tags=tags)
    make_table(endpoint, name, tags)
    return {"api": api["ApiId"], "function": name, "role": name, "table": name}


def make_table(endpoint: str, name: str, tags: dict[str, str]) -> None:
    """A table of notes, with one in it."""
    tables = aws(endpoint, "dynamodb")
    tables.create_table(
        TableName=name,
        AttributeDefinitions=[{"AttributeName": part, "AttributeType": "S"} for part in ("owner", "note")],
        KeySchema=[{"AttributeName": "owner", "KeyType": "HASH"}, {"AttributeName": "note", "KeyType": "RANGE"}],
        BillingMode="PAY_PER_REQUEST",
        Tags=[{"Key": key, "Value": value} for key, value in tags.items()],
    )
    tables.put_item(TableName=name, Item={"owner": {"S": "00u1"}, "note": {"S": "1"}})


def make_on_okta(okta: httpx2.Client, owner: Owner) -> dict[str, str]:
    """What `up` makes on Okta, as far as marks go; type → id."""
    name, note = owner.name, f"ours {owner.okta_mark}"
    server = post(
        okta, "/api/v1/authorizationServers", {"name": name, "description": note, "audiences": [f"https://{name}/mcp"]}
    )
    post(okta, f"/api/v1/authorizationServers/{server['id']}/scopes", {"name": "mcp:read", "consent": "IMPLICIT"})
    app = post(
        okta,
        "/api/v1/apps",
        {
            "name": "oidc_client",
            "signOnMode": "OPENID_CONNECT",
            "label": name,
            "credentials": {"oauthClient": {"token_endpoint_auth_method": "none", "pkce_required": True}},
            "settings": {
                "notes": {"admin": note},
                "oauthClient": {
                    "application_type": "native",
                    "grant_types": ["authorization_code"],
                    "response_types": ["code"],
                    "redirect_uris": ["http://127.0.0.1:8765/callback"],
                },
            },
        },
    )
    return {"server": server["id"], "app": app["id"]}


def make_service(okta: httpx2.Client, label: str, note: str) -> str:
    """A service app of that label, whose note says that; its id."""
    oauth = {"application_type": "service", "grant_types": ["client_credentials"], "response_types": ["token"]}
    body = {
        "name": "oidc_client",
        "signOnMode": "OPENID_CONNECT",
        "label": label,
        "credentials": {"oauthClient": {"token_endpoint_auth_method": "private_key_jwt"}},
        "settings": {"notes": {"admin": note}, "oauthClient": {**oauth, "jwks": {"keys": [public_key()]}}},
    }
    return str(post(okta, "/api/v1/apps", body)["id"])


def public_key() -> dict[str, Any]:
    """A public key as an app wants it."""
    key = RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"})
    return dict(key.as_dict(private=False))


def post(okta: httpx2.Client, path: str, body: dict[str, Any]) -> dict[str, Any]:
    """Create one object."""
    answer = okta.post(path, json=body)
    assert answer.status_code in (200, 201), answer.text
    return dict(answer.json())
