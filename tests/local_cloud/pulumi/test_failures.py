"""What a plugin does when the cloud fails, is slow, or is not there."""

import threading
from typing import Any

import httpx2
import pytest
from botocore.stub import Stubber

from local_cloud.pulumi.providers import aws, okta
from local_cloud.pulumi.providers.aws.client import AwsClient
from local_cloud.pulumi.providers.aws.connection import session
from local_cloud.pulumi.providers.errors import ProviderError
from local_cloud.pulumi.providers.okta.client import OktaClient
from local_cloud.pulumi.providers.patience import Patience
from tests.local_cloud.pulumi import recording
from tests.local_cloud.pulumi.stub_okta import TOKEN, URL, StubOkta
from tests.local_cloud.pulumi.wire import Aborted, Wire, plain
from tests.requirements import requirement

APP = "okta:app/oAuth:OAuth"
GROUP = "okta:group/group:Group"
NATIVE = next(resource for resource in recording.resources() if resource["id"] == "id3")
KEYS = {"region": "us-east-1", "accessKey": "a", "secretKey": "b"}


class Waits(list[float]):
    """Remembers how long it was told to wait, and does not."""

    def patience(self, now: float = 1_000_000.0) -> Patience:
        """Waits that last no time."""
        return Patience(now=lambda: now, wait=self.remember)

    def remember(self, seconds: float) -> bool:
        """Not cut short."""
        self.append(seconds)
        return False


def answering(*answers: httpx2.Response | Exception) -> tuple[OktaClient, Waits, list[httpx2.Request]]:
    """A client of an org that gives these answers one after the other."""
    left, waits, asked = list(answers), Waits(), []

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(request)
        found = left.pop(0)
        if isinstance(found, Exception):
            raise found
        return found

    http = httpx2.Client(transport=httpx2.MockTransport(answer))
    return OktaClient(URL, TOKEN, http, waits.patience()), waits, asked


def limited(**headers: str) -> httpx2.Response:
    """A 429 as Okta sends it."""
    return httpx2.Response(429, headers=headers, json={"errorCode": "E0000047", "errorSummary": "rate limit"})


@requirement("pulumi:limits")
@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"X-Rate-Limit-Reset": "1767225612", "Date": "Thu, 01 Jan 2026 00:00:00 GMT"}, 13),
        ({"X-Rate-Limit-Reset": "1000007"}, 8),
        ({"X-Rate-Limit-Reset": "1767229200", "Date": "Thu, 01 Jan 2026 00:00:00 GMT"}, 60),
        ({"X-Rate-Limit-Reset": "1", "Date": "Thu, 01 Jan 2026 00:00:00 GMT"}, 1),
        ({}, 1),
    ],
)
def test_a_limit_is_waited_for_until_its_reset(headers: dict[str, str], seconds: float) -> None:
    """Against the answer's own Date, else the clock; a second more, a minute at most (Okta, Rate limits)."""
    client, waits, _ = answering(limited(**headers), httpx2.Response(200, json={"id": "1"}))

    assert client.send("POST", "/x", {}) == {"id": "1"}
    assert waits == [seconds]


@requirement("pulumi:limits")
def test_a_limit_that_does_not_end_is_the_org_s_own_error() -> None:
    """After five more tries the person reads Okta's words (pulumi-okta, maxRetries 5)."""
    client, _, asked = answering(*(limited() for _ in range(6)))

    with pytest.raises(ProviderError, match="429 E0000047 rate limit"):
        client.get("/x")
    assert len(asked) == 6


@requirement("pulumi:retries")
@pytest.mark.parametrize(
    ("method", "failure", "tries"),
    [
        ("GET", httpx2.Response(503), 2),
        ("GET", httpx2.ReadTimeout("slow"), 2),
        ("PUT", httpx2.ReadTimeout("slow"), 2),
        ("POST", httpx2.Response(409), 2),
        ("POST", httpx2.ConnectError("refused"), 2),
        ("POST", httpx2.ReadTimeout("slow"), 1),
        ("POST", httpx2.Response(503), 1),
        ("PUT", httpx2.Response(400), 1),
    ],
)
def test_only_what_may_be_done_twice_is_tried_again(method: str, failure: Any, tries: int) -> None:
    """A creation whose answer was lost is not sent again: it could exist twice (issue 4; ours)."""
    client, _, asked = answering(failure, httpx2.Response(200, json={"id": "1"}))

    if tries == 1:
        with pytest.raises(ProviderError, match=f"{method} {URL}/x"):
            client.send(method, "/x")
    else:
        assert client.send(method, "/x") == {"id": "1"}
    assert len(asked) == tries


@requirement("pulumi:unreachable")
def test_an_okta_that_is_not_there_is_one_message_with_its_address(monkeypatch: pytest.MonkeyPatch) -> None:
    """No traceback and no token (issue 3, must show)."""
    monkeypatch.setattr("local_cloud.pulumi.providers.patience.FIRST_WAIT_SECONDS", 0.0)
    settings = {"httpProxy": "http://127.0.0.1:9", "apiToken": TOKEN}

    with pytest.raises(Aborted) as failure:
        Wire(okta.PLUGIN, lambda _: okta.connect(settings))

    assert str(failure.value).startswith("Okta cannot be reached at http://127.0.0.1:9: ")
    assert "\n" not in str(failure.value)
    assert TOKEN not in str(failure.value)


@requirement("pulumi:unreachable")
def test_an_aws_that_is_not_there_is_one_message_with_its_address(monkeypatch: pytest.MonkeyPatch) -> None:
    """When the plugin is configured, before anything is made (issue 3, must show)."""
    monkeypatch.setattr("local_cloud.pulumi.providers.patience.FIRST_WAIT_SECONDS", 0.0)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")

    with pytest.raises(Aborted, match=r"^AWS sts cannot be reached at http://127\.0\.0\.1:9$"):
        Wire(aws.PLUGIN, lambda _: aws.connect(KEYS))


@requirement("pulumi:unreachable")
def test_a_stand_in_does_not_work_on_a_real_cloud(monkeypatch: pytest.MonkeyPatch) -> None:
    """A PULUMI_HOME that was left over would bring it there; it says what to unset and sends nothing (ours)."""
    for name in ("OKTA_HTTP_PROXY", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_STS"):
        monkeypatch.delenv(name, raising=False)

    with pytest.raises(ProviderError, match=r"Okta plugin does not work on https://acme.okta.com; unset PULUMI_HOME"):
        okta.connect({"orgName": "acme", "apiToken": TOKEN})
    with pytest.raises(
        ProviderError, match=r"AWS plugin does not work on https://sts\..*amazonaws.com; unset PULUMI_HOME"
    ):
        aws.connect(KEYS)


@requirement("pulumi:unreachable")
@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({}, "not configured: okta:orgName, okta:apiToken"),
        ({"orgName": "acme"}, "not configured: okta:apiToken"),
        ({"httpProxy": "127.0.0.1:80", "apiToken": TOKEN}, "okta:httpProxy .* is not a URL"),
        (
            {"httpProxy": "http://127.0.0.1:9", "apiToken": TOKEN, "maxRetries": "many"},
            "okta:maxRetries is not a whole number",
        ),
    ],
)
def test_a_wrong_setting_is_named(settings: dict[str, str], words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What, where, remedy (issue 3)."""
    for name in ("OKTA_HTTP_PROXY", "OKTA_ORG_NAME", "OKTA_BASE_URL", "OKTA_API_TOKEN"):
        monkeypatch.delenv(name, raising=False)

    with pytest.raises(ProviderError, match=words):
        okta.connect(settings)


@requirement("pulumi:unreachable")
@pytest.mark.parametrize(
    "answer", [httpx2.Response(200, text="<html>"), httpx2.Response(302), httpx2.Response(500, text="no")]
)
def test_an_answer_that_is_not_okta_s_is_said_to_be_none(answer: httpx2.Response) -> None:
    """A wrong address often answers with a page (ours)."""
    client, _, _ = answering(*[answer] * 6)

    with pytest.raises(ProviderError, match=f"GET {URL}/x: {answer.status_code} an answer that is not Okta's"):
        client.get("/x")


@requirement("pulumi:cancel")
def test_cancel_ends_a_wait() -> None:
    """The engine does not wait a minute for a rate limit (Pulumi, Cancel)."""
    waiting = threading.Event()

    def answer(request: httpx2.Request) -> httpx2.Response:
        waiting.set()
        return limited(**{"X-Rate-Limit-Reset": "99999999999"})

    client = OktaClient(URL, TOKEN, httpx2.Client(transport=httpx2.MockTransport(answer)))
    wire = Wire(okta.PLUGIN, lambda settings: client)
    failures: list[Aborted] = []

    def create() -> None:
        try:
            wire.create(GROUP, {"name": "g"})
        except Aborted as failure:
            failures.append(failure)

    thread = threading.Thread(target=create)
    thread.start()
    assert waiting.wait(5)
    wire.ask("Cancel", None)
    thread.join(5)

    assert not thread.is_alive()
    assert str(failures[0]).endswith("/api/v1/groups: cancelled")


@requirement("pulumi:half-created")
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/v1/internal/apps/id3/settings/oauth/idToken"),
        ("GET", "/.well-known/okta-organization"),
        ("GET", "/api/v1/policies?type=ACCESS_POLICY"),
        ("PUT", "/api/v1/apps/id3/policies/pol1"),
        ("GET", "/api/v1/apps/id3"),
    ],
)
def test_an_app_that_failed_half_way_is_in_the_state_and_the_next_update_mends_it(method: str, path: str) -> None:
    """Whatever step failed, the id is known; the reason is told (Pulumi, ErrorResourceInitFailed)."""
    org = StubOkta(ids=["id3"], failing={(method, path): 500})
    wire = org.wire()

    with pytest.raises(Aborted) as failure:
        wire.create(APP, NATIVE["inputs"])
    detail = failure.value.detail
    org.failing.clear()
    wire.update(APP, detail.id, plain(detail.properties), plain(detail.inputs))

    assert detail.id == "id3"
    assert list(detail.reasons) == [str(failure.value)]
    assert plain(detail.inputs)["label"] == "x"
    assert ("PUT", "/api/v1/apps/id3/policies/pol1", None) in org.asked
    wire.delete(APP, detail.id, plain(detail.properties))
    assert "/api/v1/apps/id3" not in org.objects


@requirement("pulumi:half-created")
def test_a_creation_that_okta_refused_leaves_nothing_in_the_state() -> None:
    """No id, no detail (Pulumi, ErrorResourceInitFailed)."""
    org = StubOkta(failing={("POST", "/api/v1/groups"): 400})

    with pytest.raises(Aborted, match="400 E0000009") as failure:
        org.wire().create(GROUP, {"name": "g"})

    assert failure.value.detail is None


@requirement("pulumi:refresh")
def test_a_deleted_object_is_read_as_gone_and_deleted_without_a_word() -> None:
    """An empty id (Pulumi, ReadResponse); a second deletion is no failure (ours: the real one fails at some types)."""
    wire = StubOkta().wire()

    assert wire.read(APP, "id3", {}, {}).id == ""
    wire.delete(GROUP, "id2", {})


@requirement("pulumi:refresh")
def test_an_update_of_a_deleted_object_says_to_refresh() -> None:
    """What, and what to type (ours)."""
    with pytest.raises(Aborted, match="id2 is gone; run `pulumi refresh`"):
        StubOkta().wire().update(GROUP, "id2", {"name": "g"}, {"name": "h"})


@requirement("pulumi:check")
@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"grantTypes": ["refresh_token"]}, "grantTypes: an app of type native must have authorization_code"),
        ({"tokenEndpointAuthMethod": "private_key_jwt"}, "jwks: is required"),
    ],
)
def test_an_app_that_okta_would_not_take_is_refused_before_it_is_sent(change: dict[str, Any], words: str) -> None:
    """As Okta's Terraform provider does, with the property's name."""
    org = StubOkta()
    wire = org.wire()
    org.take()

    with pytest.raises(Aborted, match=words):
        wire.create(APP, NATIVE["inputs"] | change)
    assert org.take() == []


def aws_client(waits: Waits) -> tuple[AwsClient, Any]:
    """A client of AWS, and boto's stub of its Lambda."""
    client = AwsClient(session(KEYS), waits.patience())
    return client, Stubber(client._client("lambda"))


@requirement("pulumi:retries")
@pytest.mark.parametrize(
    ("operation", "code", "text", "status", "tries"),
    [
        ("get_function", "InternalFailure", "", 500, 2),
        ("create_function", "InternalFailure", "", 500, 1),
        ("create_function", "TooManyRequestsException", "Rate exceeded", 429, 2),
        ("create_function", "InvalidParameterValueException", "The role cannot be assumed by Lambda.", 400, 2),
        ("create_function", "ResourceConflictException", "Function already exist: a", 409, 1),
        ("get_function", "AccessDeniedException", "no", 403, 1),
    ],
)
def test_what_passes_is_tried_again_at_aws(operation: str, code: str, text: str, status: int, tries: int) -> None:
    """Throttling, a role that is too new; never a creation that may have been done (AWS, retry behaviour)."""
    waits = Waits()
    client, stub = aws_client(waits)
    stub.add_client_error(operation, code, text, status)
    stub.add_response(operation, {})
    arguments: dict[str, Any] = {"FunctionName": "a"}
    if operation == "create_function":
        arguments |= {"Role": "arn:aws:iam::1:role/a", "Code": {"ZipFile": b""}}

    with stub:
        if tries == 1:
            with pytest.raises(ProviderError, match=f"AWS lambda {operation}: {code}"):
                client.call("lambda", operation, **arguments)
        else:
            assert client.call("lambda", operation, **arguments) == {}
    assert len(waits) == tries - 1


@requirement("pulumi:retries")
def test_a_wrong_argument_is_not_called_an_unreachable_aws() -> None:
    """boto's own check of the arguments is told as what it is (ours)."""
    client, _ = aws_client(Waits())

    with pytest.raises(ProviderError, match=r"AWS lambda get_function at .*: Parameter validation failed"):
        client.call("lambda", "get_function")
