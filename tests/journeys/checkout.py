"""A checkout of its own for a journey: the same code, another `.local/`; a person's own local cloud is left alone."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[2]
LINKED = ("infra", "lambda_server", "requirements", "pyproject.toml", ".venv")
SIGN_IN = REPOSITORY / "tests/journeys/sign_in.py"
FOREIGN = ("AWS_", "OKTA_", "PULUMI_", "MCP_", "BROWSER")


@dataclass(frozen=True)
class Done:
    """What a command printed and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output as the one JSON document that it must be."""
        return json.loads(self.out)


@dataclass(frozen=True)
class Checkout:
    """A folder that is a repository root for every command, and the environment to run them in."""

    root: Path
    env: dict[str, str]

    def run(self, *args: str, as_person: str | None = None, timeout: float = 120, **env: str) -> Done:
        """Run `mcp-okta ARGS`, with that person at the browser."""
        return self.shell([str(REPOSITORY / ".venv/bin/mcp-okta"), *args], timeout, self.browser(as_person) | env)

    def start(self, *args: str, as_person: str | None = None, **env: str) -> subprocess.Popen[str]:
        """Start `mcp-okta ARGS` in a process group of its own and return at once."""
        command = [str(REPOSITORY / ".venv/bin/mcp-okta"), *args]
        return subprocess.Popen(
            command,
            cwd=self.root,
            env=self.env | self.browser(as_person) | env,
            text=True,
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def shell(self, command: list[str], timeout: float = 120, env: dict[str, str] | None = None) -> Done:
        """Run any command in this checkout."""
        done = subprocess.run(
            command,
            cwd=self.root,
            env=self.env | (env or {}),
            capture_output=True,
            text=True,
            timeout=timeout,
            stdin=subprocess.DEVNULL,
        )
        return Done(done.returncode, done.stdout, done.stderr)

    def ok(self, *args: str, **options: Any) -> Done:
        """Run `mcp-okta ARGS`, which must succeed."""
        done = self.run(*args, **options)
        assert done.code == 0, f"mcp-okta {' '.join(args)} ended with {done.code}\n{done.out}\n{done.err}"
        return done

    def browser(self, login: str | None) -> dict[str, str]:
        """The $BROWSER that signs this person in; nobody: no browser."""
        return {"BROWSER": f"{sys.executable} {SIGN_IN} {login} %s &"} if login else {}

    def status(self) -> dict[str, Any]:
        """`local status --json`."""
        return self.ok("local", "status", "--json").json

    def aws_keys(self) -> dict[str, str]:
        """The administrator's key of the local AWS, as the AWS SDK takes it."""
        names = {"aws_access_key_id": "aws-access-key-id", "aws_secret_access_key": "aws-secret-access-key"}
        return {name: (self.root / ".local" / file).read_text() for name, file in names.items()}

    def outputs(self, *where: str) -> dict[str, Any]:
        """`outputs --json` of a stack or branch."""
        return self.ok("outputs", "--json", *where).json


def make_checkout(folder: Path) -> Checkout:
    """Lay out a checkout in the folder, with a home of its own; only the engine's cache is shared."""
    root = folder / "checkout"
    home = folder / "home"
    root.mkdir()
    home.mkdir()
    for name in LINKED:
        (root / name).symlink_to(REPOSITORY / name)
    (root / "Pulumi.yaml").write_text((REPOSITORY / "Pulumi.yaml").read_text())
    clean = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
    cache = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Checkout(root, clean | {"HOME": str(home), "XDG_CACHE_HOME": cache, "NO_COLOR": "1"})
