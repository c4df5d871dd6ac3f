"""The HTTP API from outside: what reaches the function, what comes back, what the gateway answers itself."""

import json
import re
import socket
from typing import Any

import httpx2
import pytest
from botocore.exceptions import ClientError

from tests.local_cloud.aws.account import ECHO, Account
from tests.requirements import requirement

FIXED = "def handler(event, context):\n    return RESULT"


def fixed(result: Any) -> str:
    """A function that always answers this."""
    return FIXED.replace("RESULT", repr(result))


def test_a_request_reaches_the_function_and_its_answer_the_caller(account: Account) -> None:
    """Payload format 2.0 through real sockets; the caller cannot choose its own address (AWS)."""
    api = account.serve()
    sent = httpx2.post(f"{api['url']}/a%20b?x=1&x=2", headers={"x-forwarded-for": "9.9.9.9"}, json={"n": 1})
    event = sent.json()

    assert event["requestContext"]["http"]["sourceIp"] == "127.0.0.1"
    assert (event["rawPath"], event["queryStringParameters"], event["body"]) == ("/a b", {"x": "1,2"}, '{"n":1}')
    assert "connection" not in event["headers"]
    assert sent.headers["apigw-requestid"] == event["requestContext"]["requestId"]
    assert re.fullmatch(r"[A-Za-z0-9_-]{15}=", sent.headers["apigw-requestid"])
    assert re.fullmatch(r"Root=1-[0-9a-f]{8}-[0-9a-f]{24}", event["headers"]["x-amzn-trace-id"])


@requirement("aws:permission")
def test_without_the_permission_the_front_door_answers_500(account: Account) -> None:
    """The function's policy is read at each request (issue 3)."""
    api = account.serve()
    assert httpx2.get(api["url"]).status_code == 200
    account.functions.remove_permission(FunctionName="f", StatementId="http-api")
    answer = httpx2.get(api["url"])

    assert (answer.status_code, answer.content) == (500, b'{"message":"Internal Server Error"}')


@requirement("aws:renaming")
def test_the_challenge_is_renamed_and_mapped_back(account: Account) -> None:
    """On 401 the mapping restores it, on 403 without one it stays renamed; the switch turns renaming off (facts)."""
    headers = {"WWW-Authenticate": "Bearer own", "mcp-challenge": "Bearer copy"}
    api = account.serve(fixed({"statusCode": 401, "headers": headers}))
    seen = []
    for mapped in (False, True):
        if mapped:
            mapping = {"401": {"overwrite:header.www-authenticate": "$response.header.mcp-challenge"}}
            ids = {"ApiId": api["id"], "IntegrationId": api["integration"]}
            account.gateway.update_integration(**ids, ResponseParameters=mapping)
        for renamed in (True, False):
            url = f"{account.cloud.endpoint_url}/_local/rename-www-authenticate"
            httpx2.put(url, json={"enabled": renamed}, headers=account.switch_headers).raise_for_status()
            answer = httpx2.get(api["url"]).headers
            seen.append((answer.get("www-authenticate"), answer.get("x-amzn-remapped-www-authenticate")))

    assert seen == [(None, "Bearer own"), ("Bearer own", None), ("Bearer copy", "Bearer own"), ("Bearer copy", None)]


@pytest.mark.parametrize(
    ("result", "status", "body"),
    [
        ({"statusCode": 200, "headers": {"content-length": "99"}, "body": "ok"}, 200, b"ok"),
        ({"statusCode": 204, "body": "x"}, 204, b""),
        ({"statusCode": 304, "body": "x"}, 304, b""),
        ({"statusCode": 200, "headers": {"a": "b\r\nset-cookie: c"}}, 500, b'{"message":"Internal Server Error"}'),
        ({"statusCode": "no"}, 500, b'{"message":"Internal Server Error"}'),
    ],
)
def test_a_strange_result_is_still_one_good_answer(account: Account, result: Any, status: int, body: bytes) -> None:
    """Framing, empty bodies, smuggled headers: the connection goes on (RFC 9112 §6, RFC 9110 §15.3.5)."""
    api = account.serve(fixed(result))
    with httpx2.Client() as client:
        for _ in range(2):
            answer = client.get(api["url"])
            assert (answer.status_code, answer.content) == (status, body)
            assert "set-cookie" not in answer.headers


@requirement("aws:throttle")
def test_beyond_the_burst_the_stage_answers_429_until_it_is_updated(account: Account) -> None:
    """UpdateStage counts from the next request on (AWS, throttling)."""
    api = account.serve()
    stage = {"ApiId": api["id"], "StageName": "$default"}
    limits = {"ThrottlingBurstLimit": 1, "ThrottlingRateLimit": 0.001}
    account.gateway.update_stage(**stage, DefaultRouteSettings=limits)
    answers = [httpx2.get(api["url"]) for _ in range(2)]
    account.gateway.update_stage(**stage, DefaultRouteSettings=limits | {"ThrottlingBurstLimit": 9})

    assert [answer.status_code for answer in answers] == [200, 429]
    assert answers[1].content == b'{"message":"Too Many Requests"}'
    assert httpx2.get(api["url"]).status_code == 200


@requirement("aws:limits")
def test_what_is_too_large_is_turned_away(account: Account) -> None:
    """10 MB of body, 10,240 bytes of head; what Lambda refuses at 6 MB is 413 too (AWS, quotas)."""
    api = account.serve(fixed("ok"))
    for size in (10 * 1024 * 1024 + 1, 7 * 1024 * 1024):
        assert httpx2.post(api["url"], content=b"x" * size).status_code == 413
    assert httpx2.get(api["url"], headers={"x-long": "x" * 10_240}).status_code == 431
    assert httpx2.get(api["url"]).text == "ok"


@requirement("aws:limits")
def test_the_gateway_stops_waiting_before_the_function_does(account: Account) -> None:
    """The integration's timeout is 503, and the function goes on to its end (AWS, Troubleshooting)."""
    api = account.create_api(
        account.create_function("import time\ndef handler(event, context):\n    time.sleep(0.3)\n    print('ended')"),
        TimeoutInMillis=50,
    )
    account.permit(api["id"])
    answer = httpx2.get(api["url"])

    assert (answer.status_code, answer.content) == (503, b'{"message":"Service Unavailable"}')
    account.functions.invoke(FunctionName="f")
    assert account.log_of().count("ended") >= 1


def test_a_throttled_function_is_503_and_a_failing_one_500(account: Account) -> None:
    """What Lambda's 429 and a function's error look like behind an HTTP API (AWS, Troubleshooting)."""
    api = account.serve("def handler(event, context):\n    raise ValueError")
    assert httpx2.get(api["url"]).status_code == 500
    account.functions.put_function_concurrency(FunctionName="f", ReservedConcurrentExecutions=0)
    assert httpx2.get(api["url"]).status_code == 503


@requirement("aws:access-log")
def test_each_request_is_a_line_in_the_stages_format(account: Account) -> None:
    """The format's variables, `-` for what there is none of; nothing a caller sends breaks the JSON (AWS)."""
    api = account.serve(fixed({"statusCode": 401, "body": "no"}))
    names = ("status", "path", "responseLength", "identity.userAgent", "integrationErrorMessage", "routeKey", "nothing")
    line = json.dumps({name: f"$context.{name}" for name in names})
    settings = {"DestinationArn": "arn:aws:logs:us-east-1:123456789012:log-group:x", "Format": line}
    account.gateway.update_stage(ApiId=api["id"], StageName="$default", AccessLogSettings=settings)
    path = account.root / ".local/logs/access-a.log"
    path.unlink(missing_ok=True)
    httpx2.get(f"{api['url']}/p%22q", headers={"user-agent": 'x" y'})

    expected = ("401", '/p"q', "2", 'x" y', "-", "$default", "-")
    assert [json.loads(text) for text in path.read_text().splitlines()] == [dict(zip(names, expected, strict=True))]


@requirement("aws:refused")
def test_what_is_not_emulated_is_refused_when_it_is_asked_for(account: Account) -> None:
    """The SDK's call fails with the name of the thing, and what was deployed goes on as it was (issue 4)."""
    api = account.serve(fixed("ok"))
    route, integration = ({"ApiId": api["id"], key: api[key[:-2].lower()]} for key in ("RouteId", "IntegrationId"))
    gateway, here = account.gateway, {"ApiId": api["id"]}
    function = "arn:aws:lambda:us-east-1:123456789012:function:f"
    changes: list[tuple[Any, dict[str, Any], str]] = [
        (gateway.update_route, {**route, "AuthorizationType": "JWT"}, "'JWT'"),
        (gateway.create_route, {**here, "RouteKey": "GET /x", "AuthorizationType": "AWS_IAM"}, "'AWS_IAM'"),
        (gateway.update_integration, {**integration, "PayloadFormatVersion": "1.0"}, "payload format '1.0'"),
        (gateway.update_integration, {**integration, "IntegrationUri": f"{function}:live"}, "version or alias"),
        (gateway.update_integration, {**integration, "IntegrationType": "HTTP_PROXY"}, "'HTTP_PROXY'"),
        (gateway.create_integration, {**here, "IntegrationType": "MOCK"}, "'MOCK'"),
        (gateway.update_integration, {**integration, "RequestParameters": {"append:header.a": "b"}}, "request param"),
        (gateway.update_integration, {**integration, "ConnectionType": "VPC_LINK"}, "connectionType"),
        (gateway.update_api, {**here, "CorsConfiguration": {"AllowOrigins": ["*"]}}, "corsConfiguration"),
        (gateway.create_stage, {**here, "StageName": "prod", "AutoDeploy": True}, "the stage 'prod'"),
        (gateway.update_stage, {**here, "StageName": "$default", "AutoDeploy": False}, "auto-deploy"),
        (
            gateway.update_stage,
            {**here, "StageName": "$default", "RouteSettings": {"GET /a": {"ThrottlingBurstLimit": 1}}},
            "routeSettings",
        ),
        (gateway.create_deployment, here, "CreateDeployment"),
        (gateway.create_vpc_link, {"Name": "x", "SubnetIds": []}, "CreateVpcLink"),
        (gateway.create_domain_name, {"DomainName": "example.com"}, "CreateDomainName"),
    ]
    for change, arguments, named in changes:
        with pytest.raises(ClientError, match="does not emulate") as raised:
            change(**arguments)
        assert named in str(raised.value)
        assert httpx2.get(api["url"]).text == "ok"


def test_a_stage_or_an_integration_that_is_gone_is_answered_by_the_gateway(account: Account) -> None:
    """404 without a stage; a route that leads nowhere says so (AWS, Troubleshooting; ours)."""
    api = account.serve(fixed("ok"))
    account.gateway.update_route(ApiId=api["id"], RouteId=api["route"], Target="integrations/none")
    assert "a route without an integration ($default)" in httpx2.get(api["url"]).text
    account.gateway.delete_stage(ApiId=api["id"], StageName="$default")
    answer = httpx2.get(api["url"])

    assert (answer.status_code, answer.content) == (404, b'{"message":"Not Found"}')


@pytest.mark.parametrize(
    "sent",
    [
        b"nonsense\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1:port\r\nConnection: close\r\n\r\n",
        b"GET /%ff%00 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        b"GET http://elsewhere/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        b"GET http://localhost HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        b"OPTIONS * HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nConnection: close\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\nzz\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade, close\r\n\r\n",
    ],
)
def test_no_malformed_request_is_a_500(account: Account, sent: bytes, caplog: pytest.LogCaptureFixture) -> None:
    """It is answered or its connection ends; the next request works (issue 4)."""
    api = account.serve(fixed("ok"))
    host, port = api["url"].removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=5) as connection:
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        answer = connection.makefile("rb").read()

    assert not answer.startswith(b"HTTP/1.1 500")
    assert httpx2.get(api["url"]).text == "ok"
    assert [record for record in caplog.records if record.exc_info] == []


def test_an_answer_to_head_has_no_body(account: Account) -> None:
    """RFC 9110 §9.3.2."""
    answer = httpx2.head(account.serve(ECHO)["url"])

    assert (answer.status_code, answer.content) == (200, b"")
