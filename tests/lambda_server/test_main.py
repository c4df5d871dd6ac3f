"""`python -m lambda_server`, for whoever writes a tool."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest

from lambda_server.__main__ import main, read_settings
from lambda_server.settings import Settings
from tests.lambda_server.okta_in_memory import ENVIRONMENT
from tests.requirements import requirement

ROOT = Path(__file__).parents[2]
WITHOUT_URL = {name: value for name, value in ENVIRONMENT.items() if name != "MCP_URL"}


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An empty folder and none of our variables."""
    for name in [*ENVIRONMENT, "ALLOWED_ORIGINS", "LEEWAY_SECONDS"]:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@requirement("server:developer")
def test_missing_names_are_one_message_and_exit_code_1(bare: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Issue 3: what, where, remedy; no traceback. MCP_URL has a default here."""
    assert main([]) == 1
    said = capsys.readouterr()

    assert said.err.splitlines()[0] == "error: missing environment variables: OKTA_ISSUER, OKTA_CLIENT_IDS, BASE_SCOPES"
    assert ".env.example" in said.err and said.out == ""


@requirement("server:developer")
def test_the_settings_come_from_dotenv_and_the_environment_wins(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Issue 3: the same names as the client's; an empty value counts as none."""
    (bare / ".env").write_text("\n".join(f"{name}={value}" for name, value in WITHOUT_URL.items()) + "\nMCP_URL=\n")
    monkeypatch.setenv("OKTA_CLIENT_IDS", "0oa9")
    settings = read_settings(8001, bare / ".env")

    assert settings.url == "http://localhost:8001/mcp"
    assert settings.client_ids == ("0oa9",)
    assert settings.hosts == ("localhost:8001", "localhost:8001", "127.0.0.1:8001")


def test_the_example_file_becomes_settings_once_it_is_filled_in(bare: Path) -> None:
    """Issue 3: `.env.example` for client and server both; each name of the server is in it."""
    example = (ROOT / ".env.example").read_text()
    filled = example
    for name, value in WITHOUT_URL.items():
        if name not in ("TOKEN_CHECK", "LOG_LEVEL"):
            assert f"\n{name}=\n" in example
            filled = filled.replace(f"\n{name}=\n", f"\n{name}={value}\n")
    (bare / ".env").write_text(filled)

    assert isinstance(read_settings(8001, bare / ".env"), Settings)
    assert all(f"\n{name}=" in example for name in ("MCP_URL", "OKTA_CLIENT_ID", "REDIRECT_URIS", "ALLOWED_ORIGINS"))


@requirement("server:developer")
def test_a_taken_port_is_one_message(
    bare: Path, free_port: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Issue 3: a taken port ends with one clear message."""
    for name, value in WITHOUT_URL.items():
        monkeypatch.setenv(name, value)
    with socket.socket() as other:
        other.bind(("127.0.0.1", free_port))
        other.listen()
        assert main(["--port", str(free_port)]) == 1
    said = capsys.readouterr().err

    assert f"127.0.0.1:{free_port}" in said and "--port" in said and "Traceback" not in said


@requirement("server:developer")
def test_the_server_answers_on_this_machine_until_it_is_interrupted(bare: Path, free_port: int) -> None:
    """Issue 3: `curl http://localhost:8001/.well-known/oauth-protected-resource` answers."""
    command = [sys.executable, "-m", "lambda_server", "--port", str(free_port)]
    given = WITHOUT_URL | {"PYTHONPATH": str(ROOT), "PATH": os.defpath}
    with subprocess.Popen(command, cwd=bare, env=given, text=True, stderr=subprocess.PIPE) as process:
        assert process.stderr is not None
        try:
            first = process.stderr.readline()
            with httpx2.Client(trust_env=False, timeout=20, base_url=f"http://127.0.0.1:{free_port}") as http:
                metadata = http.get("/.well-known/oauth-protected-resource").json()
                refused = http.post("/mcp", json={})
        finally:
            process.send_signal(signal.SIGINT)
            rest = process.stderr.read()

    assert f"http://localhost:{free_port}/mcp" in first
    assert metadata["resource"] == f"http://localhost:{free_port}/mcp"
    assert refused.status_code == 401
    assert process.returncode == 0 and "Traceback" not in rest, rest
