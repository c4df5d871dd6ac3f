"""The real engine, with our language host and plugins, in a folder of its own."""

import json
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx2

from local_cloud.pulumi.install import lay_out
from tests.local_cloud.pulumi.stub_okta import TOKEN, StubOkta

KEPT = Path.home() / ".cache/mcp-okta/engine/v3.259.0/bin/pulumi"
FOREIGN = ("AWS_", "OKTA_", "PULUMI_", "MCP_")
REPOSITORY = Path(__file__).resolve().parents[3]
PROJECT = "name: tiny\nruntime: {name: python}\nmain: program\n"


def find_engine() -> str | None:
    """The engine that the scripts keep, or one on PATH."""
    return str(KEPT) if KEPT.exists() else shutil.which("pulumi")


@dataclass(frozen=True)
class Done:
    """What a command printed, and how it ended."""

    code: int
    out: str


@dataclass(frozen=True)
class Engine:
    """A project with one stack, `dev`, and a program that a test writes."""

    root: Path
    env: dict[str, str]

    @classmethod
    def at(cls, root: Path, found: str, okta_url: str) -> "Engine":
        """Lay out a project; the engine lies beside the language host, as an installed one does."""
        lay_out(root)
        engine = root / ".local/bin/pulumi"
        engine.parent.mkdir(exist_ok=True)
        try:
            os.link(found, engine)
        except OSError:  # another disk
            shutil.copy2(found, engine)
        (root / "state").mkdir()
        (root / "program").mkdir()
        (root / "Pulumi.yaml").write_text(PROJECT)
        return cls(root, environment(root, okta_url))

    def program(self, text: str) -> None:
        """Write the program."""
        (self.root / "program/__main__.py").write_text(text)

    def run(self, *args: str) -> Done:
        """Run one command of the real CLI; both streams in one, as a person sees them."""
        command = [str(self.root / ".local/bin/pulumi"), *args, "--non-interactive"]
        done = subprocess.run(
            command,
            cwd=self.root,
            env=self.env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=60,
        )
        return Done(done.returncode, done.stdout)

    def state(self) -> list[dict[str, Any]]:
        """The resources in the stack's state."""
        exported = json.loads(self.run("stack", "export").out)
        return exported["deployment"].get("resources", [])


def environment(root: Path, okta_url: str) -> dict[str, str]:
    """Nothing of the person's own clouds."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
    return kept | {
        "OKTA_HTTP_PROXY": okta_url,
        "OKTA_API_TOKEN": TOKEN,
        "PATH": f"{root}/.local/bin:{os.environ['PATH']}",
        "PULUMI_BACKEND_URL": f"file://{root}/state",
        "PULUMI_CONFIG_PASSPHRASE": "a test",
        "PULUMI_HOME": f"{root}/.local/pulumi",
        "PULUMI_SKIP_UPDATE_CHECK": "1",
    }


@contextmanager
def served(org: StubOkta) -> Iterator[str]:
    """The recording org on a loopback port."""

    class Handler(BaseHTTPRequestHandler):
        """Hands each request to the org."""

        def answer(self) -> None:
            """Answer one request."""
            content = self.rfile.read(int(self.headers.get("content-length") or 0))
            headers = {"authorization": self.headers["authorization"]}
            found = org.answer(httpx2.Request(self.command, f"http://org{self.path}", headers=headers, content=content))
            self.send_response(found.status_code)
            self.send_header("content-length", str(len(found.content)))
            self.end_headers()
            self.wfile.write(found.content)

        do_GET = do_POST = do_PUT = do_DELETE = answer

        def log_message(self, format: str, *args: Any) -> None:
            """Keep the terminal clean."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()
