"""The module that Lambda imports, in a process of its own: init, imports, and AWS's runtime client."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Queue
from typing import Any

from tests.lambda_server.both_eras import LEGACY, MODERN, call_event, event
from tests.lambda_server.okta_in_memory import ENVIRONMENT, OktaInMemory
from tests.requirements import requirement

ROOT = Path(__file__).parents[2]
NOT_IN_THE_ZIP = (
    "uvicorn click jsonschema jsonschema_specifications referencing rpds attr attrs python_multipart multipart "
    "pycparser cffi mcp.cli typer rich dotenv keyring boto3"
)
BLOCKER = f"""
import sys
from importlib.abc import MetaPathFinder
class Blocker(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if any(name == gone or name.startswith(gone + ".") for gone in {NOT_IN_THE_ZIP!r}.split()):
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
sys.meta_path.insert(0, Blocker())
"""


def python(code: str, environ: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run the code in the repository, with nothing else in the environment."""
    command = [sys.executable, "-W", "error", "-c", code]
    return subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=30, check=False)


@requirement("server:settings")
def test_missing_settings_fail_the_init_with_all_their_names() -> None:
    """Design, contract 2; and before anything heavy is imported."""
    done = python("import lambda_server.handler", {"OKTA_ISSUER": "https://example.okta.com/oauth2/aus1"})

    assert done.returncode == 1
    last = done.stderr.strip().splitlines()[-1]
    assert "missing environment variables: MCP_URL, OKTA_CLIENT_IDS, BASE_SCOPES" in last


@requirement("server:lean")
def test_the_handler_needs_nothing_that_the_zip_leaves_out() -> None:
    """docs/facts/mcp-on-lambda.md, Package: dead weight; both metadata and a refused call work without it."""
    events = [event("GET", "/.well-known/oauth-protected-resource"), call_event(MODERN, "x.y.z", "whoami")]
    code = f"""{BLOCKER}
import gc, json
from lambda_server.handler import handler
from tests.lambda_server.both_eras import LambdaContext
assert gc.isenabled()
for sent in json.loads({json.dumps(events)!r}):
    print(handler(sent, LambdaContext())["statusCode"])
assert not [name for name in sys.modules if name.split(".")[0] in {NOT_IN_THE_ZIP!r}.split()]
"""
    done = python(code, ENVIRONMENT)

    assert (done.returncode, done.stdout.split()) == (0, ["200", "401"]), done.stderr


class RuntimeApi:
    """Lambda's Runtime API and the issuer's keys, on one loopback port: hands out events, collects answers."""

    def __init__(self, events: list[dict[str, Any]], okta: OktaInMemory) -> None:
        self.events = list(events)
        self.answers: Queue[tuple[str, Any]] = Queue()
        self.okta = okta
        self.done = threading.Event()

    def get(self, path: str) -> tuple[dict[str, str], Any] | None:
        """The next event, or the keys; nothing any more once all events are out."""
        if path.endswith("/v1/keys"):
            return {}, self.okta.key_set()
        if not self.events:
            self.done.wait(20)
            return None
        given = {"Lambda-Runtime-Aws-Request-Id": "r1", "Lambda-Runtime-Deadline-Ms": str(2**42)}
        return given | {"Lambda-Runtime-Invoked-Function-Arn": "arn:aws:lambda:::f"}, self.events.pop(0)

    def post(self, path: str, body: bytes) -> None:
        """An answer, or an error."""
        self.answers.put((path.rsplit("/", 1)[-1], json.loads(body)))


@contextmanager
def serving(api: RuntimeApi) -> Iterator[int]:
    """The API's port, while it is served."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = api.get(self.path)
            self.reply(404 if found is None else 200, *(found or ({}, {})))

        def do_POST(self) -> None:
            api.post(self.path, self.rfile.read(int(self.headers["content-length"])))
            self.reply(202, {}, {})

        def reply(self, status: int, given: dict[str, str], value: Any) -> None:
            body = json.dumps(value).encode()
            self.send_response(status)
            for name, text in (given | {"Content-Type": "application/json", "Content-Length": str(len(body))}).items():
                self.send_header(name, text)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Nothing: tests are quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.server_port
        finally:
            api.done.set()
            server.shutdown()
            thread.join(5)


@requirement("server:runtime-client")
def test_aws_s_own_runtime_client_serves_both_eras() -> None:
    """awslambdaric imports the handler, polls the Runtime API and posts the answers; keys come over a socket."""
    okta = OktaInMemory()
    api = RuntimeApi([], okta)
    with serving(api) as port:
        issuer = f"http://127.0.0.1:{port}/oauth2/aus1"
        editor = okta.token(iss=issuer, scp=["mcp:read", "mcp:write"])
        reader = okta.token(iss=issuer)
        for era in (LEGACY, MODERN):
            api.events += [
                call_event(era, None, "whoami"),
                call_event(era, reader, "whoami"),
                call_event(era, reader, "add_note", {"text": "hello"}),
                call_event(era, editor, "add_note", {"text": "hello"}),
            ]
        log, answers = run_client(api, port, ENVIRONMENT | {"OKTA_ISSUER": issuer}, len(api.events))

    assert [kind for kind, _ in answers] == ["response"] * 8, log
    assert [answer["statusCode"] for _, answer in answers] == [401, 200, 403, 200] * 2
    assert editor not in log and reader not in log
    assert ["keeps no notes" in str(answer["body"]) for _, answer in answers] == [False, False, False, True] * 2


def run_client(
    api: RuntimeApi, port: int, environ: dict[str, str], count: int
) -> tuple[str, list[tuple[str, dict[str, Any]]]]:
    """Run awslambdaric until so many answers are in; its output, and the answers."""
    command = [sys.executable, "-m", "awslambdaric", "lambda_server.handler.handler"]
    given = environ | {"AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{port}", "PATH": os.defpath}
    process = subprocess.Popen(
        command, cwd=ROOT, env=given, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    try:
        answers = [api.answers.get(timeout=20) for _ in range(count)]
    finally:
        process.kill()
        output, _ = process.communicate(timeout=10)
    return output, answers
