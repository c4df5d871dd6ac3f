"""No secret in any log, output, exception, state file in clear text, or process list. Source: issue 5, must show."""

import contextlib
import functools
import json
import os
import secrets
import signal
from collections.abc import Iterator
from pathlib import Path

import anyio
import httpx2
import jwt
import pytest

from client.device_code import DeviceCode
from client.keys import read_key
from client.outputs import Outputs
from client.service import ServiceAuth
from client.session import open_session, open_session_with
from client.sign_in import sign_in_by_device
from client.tokens import FileTokens
from tests.journeys.adversary import Deployment
from tests.journeys.checkout import Checkout, Done, make_checkout
from tests.journeys.conftest import configure, make_service
from tests.journeys.people import enter_code, management
from tests.journeys.secrets_kept import ALLOWED, Search, standing
from tests.journeys.sign_in import password_of
from tests.journeys.test_bad_input import PASSPHRASE, wait_until
from tests.journeys.watch import Watch, watching
from tests.journeys.wire import HeardBrowser, Wire
from tests.requirements import requirement

READER, EDITOR = "reader@example.com", "editor@example.com"


class Round:
    """Everything that people do in a day, with what was said and heard."""

    def __init__(self, checkout: Checkout) -> None:
        self.checkout = checkout
        self.said: list[str] = []
        self.wire = Wire()
        self.bad_token = ""

    def run(self, *args: str, code: int = 0, **options: str) -> Done:
        """Run a command and keep what it printed."""
        done = self.checkout.run(*args, timeout=300, **options)
        self.said += [done.out, done.err]
        assert done.code == code, f"{args}: {done.code} {done.out} {done.err}"
        return done

    def go(self) -> None:
        """The demo; then people, a service, a device; then whatever can go wrong."""
        (self.checkout.root / "tmp").mkdir()
        configure(self.checkout, [make_service(self.checkout, "nightly")])
        self.run("demo", "--keep", TMPDIR=str(self.checkout.root / "tmp"))
        assert "deployed already" in self.run("demo", code=1).err
        outputs = self.checkout.outputs()
        anyio.run(self.people, Outputs.from_mapping(outputs))
        self.run("call", "whoami")
        self.run("login", as_person=READER)
        self.run("call", "whoami", "--service", "nightly", "--key", "nightly.pem")
        self.bad_token = jwt.encode({"aud": outputs["url"]}, secrets.token_hex(32), "HS256")  # so that it is sent
        self.run("call", "whoami", code=3, TOKEN=self.bad_token)
        self.client_secret(outputs["issuer"])
        self.go_wrong()
        self.run("local", "logs")
        self.run("outputs", "--json")

    async def people(self, outputs: Outputs) -> None:
        """A service, a device and an editor who steps up, through the client, with the wire tapped."""
        tokens = FileTokens(self.checkout.root / ".local/tokens")
        key = read_key(str(self.checkout.root / "nightly.pem"))
        auth = functools.partial(ServiceAuth, outputs, "nightly", key)
        async with open_session_with(outputs, auth, transport=self.wire) as session:
            await session.call_tool("whoami")
        show = functools.partial(self.enter, READER)
        await sign_in_by_device(outputs, tokens, show=show, transport=self.wire)
        browser = HeardBrowser(EDITOR, password_of(EDITOR), self.wire)
        tokens.remove(outputs.account)
        async with open_session(outputs, tokens, browser, transport=self.wire) as session:
            await session.call_tool("add_note", {"text": "hello"})
        await browser.close()

    def enter(self, login: str, code: DeviceCode) -> None:
        """Enter the code at Okta's page."""
        assert "activated" in enter_code(code.verification_uri_complete, login)

    def client_secret(self, issuer: str) -> None:
        """Another app of the same org uses its secret in both ways. Source: RFC 6749 §2.3.1."""
        oauth = {"application_type": "web", "grant_types": ["client_credentials"], "response_types": ["token"]}
        method = {"oauthClient": {"token_endpoint_auth_method": "client_secret_basic"}}
        app = {"name": "oidc_client", "label": "secretive", "signOnMode": "OPENID_CONNECT", "credentials": method}
        with management(self.checkout) as org:
            made = org.post("/api/v1/apps", json=app | {"settings": {"oauthClient": oauth}}).raise_for_status().json()
        mine = made["credentials"]["oauthClient"]
        self.wire.note([("client_secret", mine["client_secret"])])
        form = {"grant_type": "client_credentials", "scope": "mcp:read"}
        httpx2.post(f"{issuer}/v1/token", data=form, auth=(mine["client_id"], mine["client_secret"]))
        httpx2.post(f"{issuer}/v1/token", data=form | mine)

    def go_wrong(self) -> None:
        """A wrong passphrase, an Okta that is away, and an `up` that is killed."""
        kept = self.checkout.root / ".local/passphrase"
        right = kept.read_text()
        kept.write_text("not the passphrase")
        self.run("up", code=1)
        kept.write_text(right)
        self.run("up", "--yes", "--stack", "dev", code=1, OKTA_HTTP_PROXY="http://127.0.0.1:9", **PASSPHRASE)
        settings = self.checkout.root / "Pulumi.local.yaml"
        settings.write_text(settings.read_text().replace("config:\n", 'config:\n  mcp-okta:memory: "512"\n', 1))
        killed = self.checkout.start("up")
        locks = self.checkout.root / ".local/state/.pulumi/locks"
        wait_until(lambda: killed.poll() is not None or any(path.is_file() for path in locks.rglob("*")))
        with contextlib.suppress(ProcessLookupError):
            os.killpg(killed.pid, signal.SIGKILL)
        self.said += killed.communicate(timeout=20)
        self.run("up", "--yes")


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[tuple[Checkout, Watch]]:
    """A checkout of its own, over whose shoulder somebody looks."""
    checkout = make_checkout(tmp_path)
    try:
        with watching(checkout) as watch:
            yield checkout, watch
    finally:
        checkout.run("local", "down")


@requirement("journeys:no-secrets")
def test_no_secret_is_where_it_must_not_be(watched: tuple[Checkout, Watch], caplog: pytest.LogCaptureFixture) -> None:
    """A whole day: every output, file, log, log event, command line and variable, against every secret there was."""
    checkout, watch = watched
    caplog.set_level("DEBUG")
    day = Round(checkout)
    day.go()
    assert "rebuilding" not in "".join(day.said)  # what `demo --keep` leaves is known to the next command
    known = {**standing(checkout), **day.wire.heard, "bad token": {day.bad_token}}
    known["access_token"] = known["access_token"] | {token for token in watch.tokens if token.startswith("eyJ")}
    known["refresh_token"] = known["refresh_token"] | {token for token in watch.tokens if not token.startswith("eyJ")}
    search = Search(known)

    assert {kind: len(values) for kind, values in known.items() if not values} == {}
    assert {"code", "code_verifier", "device_code", "client_assertion", "client_secret", "cookie"} <= known.keys()
    assert len(known["access_token"]) >= 6 and watch.looks > 20
    assert any("sign-in.html" in line for line in watch.command_lines)  # the browser was seen, and not the address:
    assert not [line for line in watch.command_lines if "code_challenge=" in line or "state=" in line]
    found = [
        *search.texts(day.said, "an output"),
        *search.texts(own_records(caplog), "our own log"),
        *search.texts(events(checkout), "CloudWatch"),
        *search.texts(watch.command_lines, "a command line"),
        *search.variables(watch.variables),
        *search.files(checkout.root),
        *(f"in HOME: {text}" for text in search.files(Path(checkout.env["HOME"]))),
    ]
    assert found == [], "\n".join(found)
    for pattern, kinds in ALLOWED.items():  # the search does find what is there
        held = [search.kinds_in(path.read_bytes()) for path in checkout.root.glob(pattern)]
        assert set().union(*held) == kinds, pattern


def own_records(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What the client and the SDK log; nobody can turn on the HTTP library's own traces, which hold every header."""
    return [record.getMessage() for record in caplog.records if not record.name.startswith(("httpx2", "httpcore2"))]


def events(checkout: Checkout) -> list[str]:
    """Every event of every log group, as the AWS SDK reads them."""
    logs = Deployment(checkout, checkout.outputs(), checkout.status()["aws_endpoint_url"]).aws("logs")
    groups = [group["logGroupName"] for group in logs.describe_log_groups()["logGroups"]]
    found = [json.dumps(logs.filter_log_events(logGroupName=name)["events"]) for name in groups]
    assert any('"message"' in text for text in found)
    return found
