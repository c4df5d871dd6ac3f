"""The event that the function gets. Source: AWS, payload format 2.0."""

import base64
from typing import Any

from local_cloud.aws.front_door.events import Visit, make_event
from tests.requirements import requirement


def visit(*headers: tuple[str, str], path: str = "/my/path", decoded: str | None = None, query: str = "") -> Visit:
    """A request as the gateway sees it."""
    return Visit(
        request_id="11111111-2222-3333-4444-555555555555",
        api_id="api-id",
        method="POST",
        path=path,
        decoded_path=path if decoded is None else decoded,
        query=query,
        protocol="HTTP/1.1",
        domain="127.0.0.1",
        port=21000,
        source_ip="192.0.2.1",
        headers=headers,
    )


def without_times(event: dict[str, Any]) -> dict[str, Any]:
    """The event without what differs from one second to the next."""
    context = {key: value for key, value in event["requestContext"].items() if not key.startswith("time")}
    headers = {key: value for key, value in event["headers"].items() if not key.startswith("x-")}
    return {**event, "requestContext": context, "headers": headers}


@requirement("aws:event")
def test_the_documented_example_becomes_the_documented_event() -> None:
    """Repeated headers and query values are joined by commas, cookies are a list (AWS, payload format 2.0)."""
    headers = [("header1", "value1"), ("header2", "value1"), ("header2", "value2"), ("user-agent", "agent")]
    request = visit(
        *headers,
        ("cookie", "cookie1; cookie2"),
        ("content-type", "text/plain"),
        query="parameter1=value1&parameter1=value2&parameter2=value",
    )
    event = make_event(
        request, "$default", {"parameter1": "value1"}, b"Hello from Lambda", {"stageVariable1": "value1"}
    )

    http = {"method": "POST", "path": "/my/path", "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1", "userAgent": "agent"}
    assert without_times(event) == {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": "/my/path",
        "rawQueryString": "parameter1=value1&parameter1=value2&parameter2=value",
        "cookies": ["cookie1", "cookie2"],
        "headers": {
            "header1": "value1",
            "header2": "value1,value2",
            "user-agent": "agent",
            "content-type": "text/plain",
            "content-length": "17",
        },
        "queryStringParameters": {"parameter1": "value1,value2", "parameter2": "value"},
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "api-id",
            "domainName": "127.0.0.1",
            "domainPrefix": "api-id",
            "http": http,
            "requestId": "11111111-2222-3333-4444-555555555555",
            "routeKey": "$default",
            "stage": "$default",
        },
        "body": "Hello from Lambda",
        "pathParameters": {"parameter1": "value1"},
        "isBase64Encoded": False,
        "stageVariables": {"stageVariable1": "value1"},
    }


def test_empty_parts_are_left_out() -> None:
    """No cookies, query, path variables or body: no such keys (AWS, payload format 2.0)."""
    event = make_event(visit(), "$default", {}, b"")

    assert event.keys().isdisjoint({"cookies", "queryStringParameters", "pathParameters", "stageVariables", "body"})


def test_what_concerns_one_connection_does_not_reach_the_function() -> None:
    """`connection` and its kind end at the gateway (RFC 9110 §7.6.1); the length is that of the body that arrived."""
    sent = visit(("connection", "keep-alive"), ("transfer-encoding", "chunked"), ("te", "trailers"), ("x-mine", "1"))
    headers = make_event(sent, "$default", {}, b"12345")["headers"]

    assert headers.keys().isdisjoint({"connection", "transfer-encoding", "te"})
    assert (headers["x-mine"], headers["content-length"]) == ("1", "5")


def test_the_path_is_decoded_and_the_forwarded_address_appended() -> None:
    """HTTP APIs hand over a decoded `rawPath` and keep what earlier proxies said (first-hand reports)."""
    event = make_event(visit(("x-forwarded-for", "10.0.0.1"), path="/a%20b", decoded="/a b"), "$default", {}, b"")

    assert event["rawPath"] == event["requestContext"]["http"]["path"] == "/a b"
    assert event["headers"]["x-forwarded-for"] == "10.0.0.1,192.0.2.1"


def test_values_of_path_and_query_are_decoded() -> None:
    """`rawQueryString` stays as it was sent (aws/aws-lambda-dotnet, HttpContextTestCases V2)."""
    parameters = {"name": "%E2%98%95%20Coffee", "proxy": "a%2Fb/c"}
    event = make_event(visit(query="q=Hello%20World&tag=C%23&tag=a+b"), "GET /{name}", parameters, b"")

    assert event["pathParameters"] == {"name": "\u2615 Coffee", "proxy": "a/b/c"}
    assert event["rawQueryString"] == "q=Hello%20World&tag=C%23&tag=a+b"
    assert event["queryStringParameters"] == {"q": "Hello World", "tag": "C#,a b"}


def test_a_request_that_says_it_is_empty_gets_a_content_type() -> None:
    """With `content-length: 0` and no type only (API Gateway, Important notes for HTTP APIs)."""
    empty = make_event(visit(("content-length", "0")), "$default", {}, b"")["headers"]
    typed = make_event(visit(("content-length", "0"), ("content-type", "a/b")), "$default", {}, b"")["headers"]

    assert (empty["content-type"], typed["content-type"]) == ("text/plain; charset=utf-8", "a/b")
    assert "content-type" not in make_event(visit(), "$default", {}, b"")["headers"]


def test_only_text_arrives_as_text() -> None:
    """JSON and text/* as they are; binaries, forms and text that is none in base64 (AWS, payload format 2.0)."""
    kinds = [
        ("application/json", b'{"a": 1}', False),
        ("Application/JSON; charset=utf-8", "ä".encode(), False),
        ("text/plain", b"\xff", True),
        ("text/html;charset=utf-8", b"<p>", False),
        ("application/xml", b"<a/>", False),
        ("application/octet-stream", b"abc", True),
        ("application/vnd.api+json", b"{}", True),
        ("application/jsonlines", b"{}", True),
        ("", b"abc", True),
        ("application/x-www-form-urlencoded", b"a=1", True),
    ]
    for content_type, body, encoded in kinds:
        event = make_event(visit(("content-type", content_type)), "$default", {}, body)

        assert event["isBase64Encoded"] is encoded, content_type
        assert event["body"] == (base64.b64encode(body).decode() if encoded else body.decode())
