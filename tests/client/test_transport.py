"""client/transport.py: the challenge restored, and the route to a host."""

import gzip
import ssl

import httpx2
import pytest

from client.errors import network_error
from client.transport import ChallengeTransport, proxy_for
from tests.requirements import requirement

CHALLENGE = 'Bearer error="insufficient_scope", scope="mcp:read mcp:write"'


async def answer(status: int, **response: object) -> httpx2.Response:
    """What a client sees of such an answer."""
    mock = httpx2.MockTransport(lambda request: httpx2.Response(status, **response))  # type: ignore[arg-type]
    async with httpx2.AsyncClient(transport=ChallengeTransport(mock)) as client:
        return await client.get("https://abc.example/mcp")


@pytest.mark.anyio
@requirement("client:challenge-forms")
@pytest.mark.parametrize(
    "response",
    [
        {"headers": {"WWW-Authenticate": CHALLENGE}},
        {"headers": {"mcp-challenge": CHALLENGE, "x-amzn-remapped-www-authenticate": "Bearer"}},
        {"headers": {"x-amzn-remapped-www-authenticate": CHALLENGE}},
        {"headers": {"WWW-Authenticate": "AWS4-HMAC", "mcp-challenge": CHALLENGE}},
        {"json": {"challenge": CHALLENGE, "error": "insufficient_scope"}},
        {
            "content": gzip.compress(b'{"challenge": "' + CHALLENGE.replace('"', '\\"').encode() + b'"}'),
            "headers": {"content-encoding": "gzip"},
        },
    ],
)
async def test_the_challenge_is_found_wherever_it_survived(response: dict[str, object]) -> None:
    """The common contract: header, mcp-challenge, the renamed header, the body; in this order."""
    seen = await answer(403, **response)

    assert seen.headers["www-authenticate"] == CHALLENGE


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("status", "response"),
    [(200, {"headers": {"mcp-challenge": CHALLENGE}}), (401, {"text": "<html>"}), (403, {"json": {"challenge": 7}})],
)
async def test_nothing_is_made_up(status: int, response: dict[str, object]) -> None:
    """Only a refusal has a challenge, and only one that is there."""
    assert "www-authenticate" not in (await answer(status, **response)).headers


def test_this_machine_is_never_reached_through_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """The local cloud works in a company's network; NO_PROXY is honoured (ours)."""
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv("HTTP_PROXY", "proxy.example:3128")
    monkeypatch.setenv("NO_PROXY", "inside.example")

    assert proxy_for(httpx2.URL("https://acme.okta.com/")) == "http://proxy.example:3128"
    assert proxy_for(httpx2.URL("http://outside.example/")) == "http://proxy.example:3128"
    assert proxy_for(httpx2.URL("https://inside.example/")) is None
    assert proxy_for(httpx2.URL("http://127.0.0.1:4000/")) is None
    assert proxy_for(httpx2.URL("http://localhost:4000/")) is None


def test_network_errors_say_what_and_where() -> None:
    """One sentence, the URL without its query, and something to do (issue 3: unreachable Okta)."""
    url = "https://me:pw@acme.okta.com/token?code=secret"
    certificate = ssl.SSLCertVerificationError(1, "certificate verify failed")
    certificate.verify_message = "self-signed certificate in certificate chain"
    wrapped = httpx2.ConnectError("TLS")
    wrapped.__cause__ = certificate

    late = network_error(httpx2.ReadTimeout("slow"), url)
    tls = network_error(wrapped, url)
    local = network_error(httpx2.ConnectError("refused"), "http://127.0.0.1:4000/mcp")

    assert late.message == "https://acme.okta.com/token did not answer in time"
    assert "self-signed certificate" in tls.message and "SSL_CERT_FILE" in tls.remedy
    assert local.message == "http://127.0.0.1:4000/mcp cannot be reached: refused"
    assert local.remedy == "mcp-okta local status"


@requirement("client:no-secrets-shown")
@pytest.mark.parametrize(
    "error", [httpx2.LocalProtocolError, httpx2.RemoteProtocolError, httpx2.ReadError, httpx2.ProxyError]
)
def test_what_the_http_library_quotes_is_not_repeated(error: type[httpx2.TransportError]) -> None:
    """It can quote a header's value, which can be a token (common rules: no secret in exceptions)."""
    shown = network_error(error("Illegal header value b'Bearer s3cret'"), "https://abc.example/mcp")

    assert shown.message == f"https://abc.example/mcp cannot be reached: {error.__name__}"
