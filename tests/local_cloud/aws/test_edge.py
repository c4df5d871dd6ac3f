"""What is turned away at the edge of the control plane, before anybody looks at what is asked."""

import io
import json
import socket
from pathlib import Path
from typing import Any

import httpx2
import pytest

from local_cloud.aws import AwsCloud
from local_cloud.aws.edge import Edge
from local_cloud.keys import Keys
from tests.local_cloud.aws.account import ECHO, Account
from tests.local_cloud.aws.signing import signature_of
from tests.requirements import requirement

PATHS = ["/2015-03-31/functions", "/v2/apis", "/moto-api/data.json", "/_local/rename-www-authenticate", "/"]
MOTOS = [
    ("POST", "/moto-api/reset"),
    ("GET", "/moto-api/data.json"),
    ("POST", "/moto-api/recorder/start-recording"),
    ("POST", "/moto-api/recorder/upload-recording"),
    ("POST", "/moto-api/recorder/replay-recording"),
    ("GET", "/latest/meta-data/iam/security-credentials/"),
    ("GET", "/moto-apix"),
]


def ask(url: str, lines: list[str], body: bytes = b"", ends: bool = True) -> tuple[int, bytes]:
    """Send a request as it stands, close the way there if nothing more is to come, and take the status and the rest."""
    host, port = url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=5) as connection:
        connection.sendall("\r\n".join([*lines, "", ""]).encode() + body)
        if ends:
            connection.shutdown(socket.SHUT_WR)
        answer = connection.makefile("rb").read()
    return int(answer.split(b" ")[1]), answer


def invoke_with(cloud: AwsCloud, *headers: str, body: bytes = b"") -> tuple[int, bytes]:
    """A signed Invoke whose body is framed in that way."""
    path = "/2015-03-31/functions/f/invocations"
    signed = signature_of(cloud.keys, "lambda", "POST", f"{cloud.endpoint_url}{path}", b'{"a": 1}')
    lines = [f"{name}: {value}" for name, value in signed.items() if name.lower() != "content-length"]
    host = cloud.endpoint_url.removeprefix("http://")
    return ask(cloud.endpoint_url, [f"POST {path} HTTP/1.1", f"Host: {host}", *lines, *headers], body)


@requirement("aws:no-page")
@pytest.mark.parametrize("signed", [False, True])
@pytest.mark.parametrize(("method", "path"), MOTOS)
def test_motos_own_api_is_nobodys(
    account: Account, method: str, path: str, signed: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It resets, records, writes files and replays requests, for whoever asks (moto, moto_api)."""
    monkeypatch.chdir(tmp_path)
    account.create_function(ECHO)
    url = f"{account.cloud.endpoint_url}{path}"
    headers = signature_of(account.cloud.keys, "lambda", method, url) if signed else {}
    answer = httpx2.request(method, url, headers=headers)

    assert answer.status_code == (501 if signed else 403)
    assert "__type" in answer.json()
    assert account.functions.get_function(FunctionName="f")
    assert list(tmp_path.iterdir()) == []


def test_what_the_sdk_asks_is_recorded_nowhere(
    account: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """moto's recorder is off (moto, recorder)."""
    monkeypatch.chdir(tmp_path)
    account.create_function(ECHO)

    assert list(tmp_path.iterdir()) == []


@requirement("aws:no-page")
@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "OPTIONS"])
def test_a_request_of_a_page_is_refused_even_when_it_is_signed(cloud: AwsCloud, method: str, path: str) -> None:
    """No browser has business here: whatever carries Origin is 403, and no answer lets a page read it (Fetch, CORS)."""
    url = f"{cloud.endpoint_url}{path}"
    page = {"origin": "https://evil.example", "access-control-request-method": "POST"}
    for headers in ({}, signature_of(cloud.keys, "lambda", method, url)):
        answer = httpx2.request(method, url, headers={**headers, **page})

        assert answer.status_code == 403
        assert [name for name in answer.headers if name.startswith("access-control-")] == []


def test_no_answer_names_an_origin_that_may_read_it(account: Account) -> None:
    """moto sends Access-Control-Allow-Origin with everything (flask-cors)."""
    answer = account.functions.list_functions()["ResponseMetadata"]["HTTPHeaders"]

    assert [name for name in answer if name.startswith("access-control-")] == []


@requirement("aws:hosts")
@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "localhost.", "127.0.0.2", "x@localhost"])
def test_another_name_of_this_machine_gets_nothing(account: Account, host: str) -> None:
    """421 from the control plane, the functions' endpoint and the front door: a name can be rebound (RFC 9110 §7.4)."""
    api = account.serve("import os\ndef handler(event, context):\n    return os.environ['AWS_ENDPOINT_URL']")
    inside = httpx2.get(api["url"]).text
    for url in (account.cloud.endpoint_url, inside, api["url"]):
        signed = signature_of(account.cloud.keys, "lambda", "GET", f"{url}/2015-03-31/functions", host=host)
        answer = httpx2.get(f"{url}/2015-03-31/functions", headers=signed)

        assert answer.status_code == 421
        assert "does not answer" in answer.text


@requirement("aws:hosts")
def test_localhost_is_this_machine_too(account: Account) -> None:
    """With the port or without it (ours)."""
    api = account.serve()

    assert httpx2.get(api["url"].replace("127.0.0.1", "localhost"), headers={"host": "LOCALHOST"}).status_code == 200


@requirement("aws:hosts")
def test_a_target_in_absolute_form_counts_instead_of_host(account: Account) -> None:
    """Its path is the path; of another host it is 400 (RFC 9112 §3.2.2)."""
    api = account.serve("def handler(event, context):\n    return event['rawPath'] + event['headers']['host']")
    close = "Connection: close"
    ours = ask(api["url"], [f"GET {api['url']}/a/b?c=d HTTP/1.1", "Host: evil.example", close], ends=False)
    for target in ("http://evil.example/a", "http://[/a", "https://"):
        assert ask(api["url"], [f"GET {target} HTTP/1.1", "Host: localhost", close], ends=False)[0] == 400

    assert ours[1].endswith(b"/a/b" + api["url"].removeprefix("http://").encode())


@requirement("aws:keys")
def test_only_the_keys_of_this_root_open_the_control_plane(account: Account) -> None:
    """Another id, another secret, or another body than was signed (AWS, common errors)."""
    url = f"{account.cloud.endpoint_url}/2015-03-31/functions"
    own = account.cloud.keys
    wrong_id, wrong_secret = Keys("local", own.secret_access_key), Keys(own.access_key_id, "local")
    answers = [httpx2.get(url, headers=signature_of(keys, "lambda", "GET", url)) for keys in (wrong_id, wrong_secret)]
    tables = account.cloud.endpoint_url
    forged = signature_of(own, "dynamodb", "POST", tables, b"{}", content_type="application/x-amz-json-1.0")
    answers.append(httpx2.post(tables, headers=forged, content=b'{"TableName": "x"}'))
    form = {"content_type": "application/x-www-form-urlencoded"}
    who = b"Action=GetCallerIdentity&Version=2011-06-15"
    for keys in (wrong_id, wrong_secret):
        signed = signature_of(keys, "sts", "POST", tables, who, **form)
        answers.append(httpx2.post(tables, headers=signed, content=who))

    assert [answer.status_code for answer in answers] == [403, 403, 400, 403, 403]
    words = ["UnrecognizedClient", "InvalidSignature", "InvalidSignature", "InvalidClientTokenId", "SignatureDoesNot"]
    assert [word for word, answer in zip(words, answers, strict=True) if word not in answer.text] == []
    assert httpx2.get(url, headers=signature_of(own, "lambda", "GET", url)).status_code == 200


def test_a_payload_hash_in_a_header_is_held_against_the_body(account: Account) -> None:
    """x-amz-content-sha256, as some SDKs send it (AWS, Signature Version 4)."""
    account.create_function(ECHO)
    url = f"{account.cloud.endpoint_url}/2015-03-31/functions/f/invocations"
    claimed = signature_of(account.cloud.keys, "lambda", "POST", url, x_amz_content_sha256="0" * 64)
    unsigned = signature_of(account.cloud.keys, "lambda", "POST", url, x_amz_content_sha256="UNSIGNED-PAYLOAD")

    assert httpx2.post(url, headers=claimed, content=b"1").status_code == 403
    assert httpx2.post(url, headers=unsigned, content=b"1").text == "1"


@requirement("aws:switch")
def test_the_switch_wants_the_token_of_the_local_okta(account: Account) -> None:
    """As Okta's own switches do; a signature is none (ours)."""
    url = f"{account.cloud.endpoint_url}/_local/rename-www-authenticate"
    signed = signature_of(account.cloud.keys, "lambda", "PUT", url, b'{"enabled": false}')
    for headers in ({}, signed, {"authorization": "SSWS wrong"}, {"authorization": "SSWS"}):
        answer = httpx2.put(url, content=b'{"enabled": false}', headers=headers)
        assert (answer.status_code, account.cloud.rename_www_authenticate) == (401, True)

    answer = httpx2.put(url, content=b'{"enabled": false}', headers=account.switch_headers)
    assert (answer.json(), account.cloud.rename_www_authenticate) == ({"enabled": False}, False)


@requirement("aws:malformed")
@pytest.mark.parametrize(
    ("header", "status"),
    [
        ("Content-Length: x", 400),
        ("Content-Length: -1", 400),
        ("Content-Length: +8", 400),
        ("Content-Length: 8, 8", 400),
        ("Content-Length: 99", 400),
        (f"Content-Length: {10**30}", 413),
        (f"Content-Length: {200 * 1024 * 1024}", 413),
        ("Transfer-Encoding: gzip, chunked", 501),
        ("Transfer-Encoding: chunked", 400),
    ],
)
def test_a_body_that_is_framed_wrongly_is_refused(account: Account, header: str, status: int) -> None:
    """400, 413 or 501 in AWS's own form, and the function does not run (RFC 9112 §6)."""
    account.create_function(ECHO)
    answered = invoke_with(account.cloud, header, body=b'{"a": 1}')

    assert answered[0] == status
    assert b"__type" in answered[1]


@requirement("aws:malformed")
def test_a_chunked_body_arrives(account: Account) -> None:
    """It is the event, not nothing (RFC 9112 §7.1)."""
    account.create_function(ECHO)
    answered = invoke_with(account.cloud, "Transfer-Encoding: chunked", body=b'3\r\n{"a\r\n5\r\n": 1}\r\n0\r\n\r\n')

    assert answered[0] == 200
    assert answered[1].endswith(b'{"a": 1}')


@requirement("aws:malformed")
@pytest.mark.parametrize(
    ("service", "path", "body", "code"),
    [
        ("apigateway", "/v2/apis", b"[]", "SerializationException"),
        ("apigateway", "/v2/apis", b"{", "BadRequestException"),
        ("apigateway", "/v2/apis", b"[" * 100_000, "BadRequestException"),
        ("lambda", "/2015-03-31/functions", b"{]", "InvalidRequestContentException"),
        ("lambda", "/2015-03-31/functions", b"null", "SerializationException"),
        ("dynamodb", "/", b"7", "SerializationException"),
        ("logs", "/", b"\xff", "SerializationException"),
    ],
)
def test_a_document_that_is_no_object_is_refused(
    account: Account, service: str, path: str, body: bytes, code: str
) -> None:
    """Each service has its own word for it (API references, common errors)."""
    url = f"{account.cloud.endpoint_url}{path}"
    kind = {"x_amz_target": "DynamoDB_20120810.ListTables"} if service == "dynamodb" else {}
    signed = signature_of(account.cloud.keys, service, "POST", url, body, **kind)
    answer = httpx2.post(url, content=body, headers=signed)

    assert (answer.status_code, answer.json()["__type"]) == (400, code)


@requirement("aws:malformed")
def test_a_failure_of_our_own_is_an_error_that_the_sdk_can_read(caplog: pytest.LogCaptureFixture) -> None:
    """500 in AWS's form, and the reason in the log; no page of HTML (ours)."""
    seen: list[str] = []
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/x", "HTTP_HOST": "localhost", "wsgi.input": io.BytesIO()}
    body = b"".join(Edge(failing)(environ, lambda status, headers: seen.append(status)))

    assert (seen, json.loads(body)["__type"]) == (["500 Internal Server Error"], "InternalFailure")
    assert "the control plane failed at GET /x" in caplog.text


def failing(environ: Any, start_response: Any) -> Any:
    """An application that is broken."""
    raise ZeroDivisionError


@requirement("aws:malformed")
@pytest.mark.parametrize(
    ("wanted", "status"), [({"logGroupName": [1]}, 501), ({"logGroupName": "x", "limit": []}, 400)]
)
def test_what_moto_stumbles_over_is_no_failure_of_the_server(
    account: Account, wanted: dict[str, Any], status: int
) -> None:
    """What it cannot read is 400, what it cannot do 501; the SDK tries neither again (ours)."""
    url, body = f"{account.cloud.endpoint_url}/", json.dumps(wanted).encode()
    more = {"x_amz_target": "Logs_20140328.DescribeLogStreams", "content_type": "application/x-amz-json-1.1"}
    answer = httpx2.post(url, content=body, headers=signature_of(account.cloud.keys, "logs", "POST", url, body, **more))

    assert answer.status_code == status, answer.text


@pytest.mark.parametrize(("target", "status"), [("http://[/", 400), ("http://localhost:99999/", 403), ("*", 403)])
def test_a_target_that_is_no_url_gets_its_answer(cloud: AwsCloud, target: str, status: int) -> None:
    """The connection does not just end (RFC 9112 §3.2)."""
    assert ask(cloud.endpoint_url, [f"GET {target} HTTP/1.1", "Host: localhost"])[0] == status
