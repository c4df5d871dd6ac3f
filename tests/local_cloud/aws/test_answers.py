"""The HTTP answer that a function's result describes. Source: AWS, response for payload format 2.0."""

import json
from typing import Any

import pytest

from local_cloud.aws.front_door.answers import Answer, read_result, remap_headers
from local_cloud.aws.front_door.mapping import check_mapping, map_response
from tests.requirements import requirement


def read(result: Any) -> Answer:
    """The answer of a result that describes one."""
    answer = read_result(json.dumps(result).encode())
    assert answer is not None
    return answer


@requirement("aws:answer")
@pytest.mark.parametrize(
    ("result", "body"),
    [
        ("Hello from Lambda!", b"Hello from Lambda!"),
        ({"message": "Hello"}, b'{"message": "Hello"}'),
        ([1, 2], b"[1, 2]"),
        (None, b"null"),
        (True, b"true"),
    ],
)
def test_a_result_without_status_is_a_json_body(result: Any, body: bytes) -> None:
    """Valid JSON without statusCode: 200, application/json, the result is the body (AWS)."""
    answer = read(result)

    assert (answer.status, answer.headers, answer.body) == (200, [("content-type", "application/json")], body)


def test_a_result_with_status_is_taken_at_its_word() -> None:
    """Cookies become set-cookie headers, base64 is decoded, names are lower case (AWS)."""
    answer = read(
        {
            "statusCode": "201",
            "headers": {"Content-Type": "image/png", "X-Count": 3, "X-Flag": True},
            "cookies": ["a=1", "b=2"],
            "body": "/w==",
            "isBase64Encoded": True,
        }
    )

    assert answer.status == 201
    assert answer.body == b"\xff"
    assert answer.headers == [
        ("content-type", "image/png"),
        ("x-count", "3"),
        ("x-flag", "true"),
        ("set-cookie", "a=1"),
        ("set-cookie", "b=2"),
    ]


def test_the_functions_own_framing_is_dropped() -> None:
    """Length and connection are the gateway's: two lengths, or a wrong one, would break the answer (RFC 9112 §6)."""
    headers = {"Content-Length": "999", "Transfer-Encoding": "chunked", "Connection": "close"}

    assert read({"statusCode": 200, "headers": headers, "body": "x"}).headers == [
        ("content-type", "text/plain;charset=UTF-8")
    ]


@pytest.mark.parametrize(
    "result",
    [
        {"statusCode": "abc"},
        {"statusCode": None},
        {"statusCode": 200.5},
        {"statusCode": 0, "body": "x"},
        {"statusCode": 99},
        {"statusCode": 100},
        {"statusCode": 600},
        {"statusCode": 200, "body": {"a": 1}},
        {"statusCode": 200, "body": "%%%", "isBase64Encoded": True},
        {"statusCode": 200, "headers": ["a"]},
        {"statusCode": 200, "headers": {"a": ["b"]}},
        {"statusCode": 200, "headers": {"a b": "c"}},
        {"statusCode": 200, "headers": {"a": "b\r\nc: d"}},
        {"statusCode": 200, "headers": {"a": "\u20ac"}},
        {"statusCode": 200, "cookies": [1, None]},
    ],
)
def test_a_malformed_result_is_none(result: Any) -> None:
    """The gateway answers 500 to these (AWS, Troubleshooting); a header cannot smuggle another one in."""
    assert read_result(json.dumps(result).encode()) is None


@pytest.mark.parametrize("result", [b"<html>", b'{"name": "a", "age":', b"\xff", b""])
def test_what_is_not_json_is_the_body_all_the_same(result: bytes) -> None:
    """As AWS answers, unlike what it documents (aws/aws-lambda-dotnet, InvokeResponseExtensionsTests)."""
    answer = read_result(result)

    assert answer == Answer(200, [("content-type", "application/json")], result)


@requirement("aws:renaming")
def test_the_challenge_is_renamed_unless_switched_off() -> None:
    """On: the harsher report about HTTP APIs; off: the milder one. `server` and `date` are renamed either way."""
    for switch, name in ((True, "x-amzn-remapped-www-authenticate"), (False, "www-authenticate")):
        answer = Answer(401, [("www-authenticate", "Bearer"), ("server", "mine"), ("x-other", "1")])
        remap_headers(answer, challenge=switch)

        assert answer.headers == [(name, "Bearer"), ("x-amzn-remapped-server", "mine"), ("x-other", "1")]


@requirement("aws:mapping")
def test_mappings_read_the_functions_own_answer() -> None:
    """overwrite, append, remove and the status; each value is taken before any is changed (AWS, parameter mapping)."""
    answer = Answer(401, [("a", "1"), ("b", "2"), ("c", "3")])
    map_response(
        answer,
        {
            "overwrite:header.a": "$response.header.B",
            "overwrite:header.b": "$response.header.a",
            "append:header.a": "more",
            "remove:header.c": "''",
            "overwrite:header.d": "$response.header.absent",
            "overwrite:statuscode": "403",
        },
    )

    assert answer.status == 403
    assert answer.headers == [("a", "2"), ("b", "1"), ("a", "more")]


@pytest.mark.parametrize(
    ("action", "source", "refused"),
    [
        ("overwrite:header.www-authenticate", "$response.header.mcp-challenge", False),
        ("remove:header.x-mine", "''", False),
        ("overwrite:statuscode", "404", False),
        ("overwrite:statuscode", "$response.header.status", True),
        ("overwrite:header.x", "$response.body.name", True),
        ("overwrite:header.x", "$context.requestId", True),
        ("overwrite:header.x", "a\r\nb: c", True),
        ("overwrite:header.apigw-requestid", "1", True),
        ("overwrite:header.Access-Control-Allow-Origin", "*", True),
        ("overwrite:path", "/", True),
        ("replace:header.x", "1", True),
    ],
)
def test_a_mapping_that_is_lacking_or_reserved_is_named(action: str, source: str, refused: bool) -> None:
    """What AWS reserves and what is not emulated is refused by name (AWS, parameter mapping, reserved headers)."""
    lacking = check_mapping(action, source)

    assert (lacking is not None) is refused
    assert lacking is None or action in lacking
