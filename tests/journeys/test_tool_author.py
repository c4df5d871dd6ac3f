"""A tool author runs the same app on their own machine, against any authorization server. Source: issue 3, §3."""

import subprocess
import sys

import httpx2

from tests.journeys.checkout import REPOSITORY, Checkout
from tests.journeys.test_bad_input import wait_until
from tests.requirements import requirement

PORT = 8001


def metadata() -> httpx2.Response | None:
    """The protected-resource metadata; None while nobody listens, or answers in time."""
    try:
        return httpx2.get(f"http://localhost:{PORT}/.well-known/oauth-protected-resource", timeout=2)
    except (httpx2.ConnectError, httpx2.TimeoutException):
        return None


@requirement("journeys:side-by-side-dev")
def test_the_server_runs_beside_the_editor(fresh: Checkout) -> None:
    """`python -m lambda_server` answers on localhost with the settings of `.env`."""
    (fresh.root / ".env").write_text(
        "OKTA_ISSUER=https://example.okta.com/oauth2/aus1\nOKTA_CLIENT_IDS=0oa1\nBASE_SCOPES=mcp:read\n"
    )
    command = [sys.executable, "-m", "lambda_server"]
    server = subprocess.Popen(command, cwd=fresh.root, env=fresh.env | {"PYTHONPATH": str(REPOSITORY)})
    try:
        wait_until(lambda: server.poll() is None and metadata() is not None, seconds=20)
        answer = metadata()
        assert answer is not None
        assert answer.json()["resource"] == f"http://localhost:{PORT}/mcp"
        assert answer.json()["authorization_servers"] == ["https://example.okta.com/oauth2/aus1"]
    finally:
        server.terminate()
        assert server.wait(10) in (0, -15)


def test_missing_settings_are_named_together(fresh: Checkout) -> None:
    """No `.env`: one message with every name, exit code 1, no traceback."""
    done = fresh.shell([sys.executable, "-m", "lambda_server"], timeout=20)

    assert done.code == 1
    assert all(name in done.err for name in ("OKTA_ISSUER", "OKTA_CLIENT_IDS", "BASE_SCOPES"))
    assert "Traceback" not in done.err
