"""A `.env` and no Pulumi: the commands of somebody whose server was deployed by somebody else."""

from pathlib import Path

import jwt
import pytest
import typer
from typer.testing import CliRunner

from cli import person
from client.errors import ClientError
from client.outputs import ENVIRONMENT
from tests.requirements import requirement

SETTINGS = """\
MCP_URL=https://abc.example/mcp
OKTA_ISSUER=https://acme.okta.com/oauth2/aus1
OKTA_CLIENT_ID=0oa1
REDIRECT_URIS=http://127.0.0.1:8765/callback
BASE_SCOPES=mcp:read
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder where the person types, without a Pulumi.yaml in or above it, and nothing set."""
    assert not any((above / "Pulumi.yaml").exists() for above in (tmp_path, *tmp_path.parents))
    monkeypatch.chdir(tmp_path)
    for variable in ENVIRONMENT.values():
        monkeypatch.delenv(variable, raising=False)
    return tmp_path


def refusal(*words: str) -> ClientError:
    """The error that a command ends with, before it asks anybody anything."""
    app = typer.Typer()
    person.register(app)
    error = CliRunner().invoke(app, list(words)).exception
    assert isinstance(error, ClientError)
    return error


@requirement("client:settings-without-pulumi")
@pytest.mark.parametrize(
    ("variable", "value", "problem"),
    [
        ("MCP_URL", "http://abc.example/mcp", "must be https"),
        ("OKTA_ISSUER", "acme.okta.com", "must be a URL"),
        ("OKTA_CLIENT_ID", "", "is missing"),
        ("REDIRECT_URIS", "https://abc.example/callback", "has no http://127.0.0.1:PORT"),
        ("BASE_SCOPES", "", "is missing"),
    ],
)
def test_a_setting_that_cannot_be_used_is_called_by_its_variable(
    folder: Path, variable: str, value: str, problem: str
) -> None:
    """README: `.env.example` is all that it takes, so that is what the message speaks of."""
    good = next(line for line in SETTINGS.splitlines() if line.startswith(f"{variable}="))
    (folder / ".env").write_text(SETTINGS.replace(good, f"{variable}={value}"))
    error = refusal("whoami")

    assert error.message.startswith(f"the environment and .env cannot be used: {variable} {problem}")
    assert ";" not in error.message
    assert (error.remedy, error.exit_code) == ("see .env.example", 2)


@requirement("client:settings-without-pulumi")
def test_a_variable_of_the_environment_is_called_the_same(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It wins over a good value in the file, so it is the one to mend."""
    (folder / ".env").write_text(SETTINGS)
    monkeypatch.setenv("OKTA_ISSUER", "http://acme.okta.com/oauth2/aus1")
    error = refusal("tools")

    assert "cannot be used: OKTA_ISSUER must be https" in error.message
    assert error.remedy == "see .env.example"


@requirement("client:settings-without-pulumi")
def test_all_missing_settings_are_in_one_message(folder: Path) -> None:
    """CONTRIBUTING.md: all missing names in one message; an empty value counts as none (`.env.example`)."""
    (folder / ".env").write_text('MCP_URL=https://abc.example/mcp\nOKTA_ISSUER=\nOKTA_CLIENT_ID=" "\n')
    missing = [f"{variable} is missing" for variable in list(ENVIRONMENT.values())[1:]]

    assert refusal("login").message == f"the environment and .env cannot be used: {'; '.join(missing)}"


@requirement("client:settings-without-pulumi")
def test_a_file_of_outputs_goes_before_the_settings(folder: Path) -> None:
    """`--outputs FILE` is what was named, so its keys are what the message speaks of."""
    (folder / ".env").write_text(SETTINGS)
    (folder / "o.json").write_text("{}")
    error = refusal("whoami", "--outputs", "o.json")

    assert error.message.startswith("o.json cannot be used: url is missing; issuer is missing")
    assert error.remedy == "mcp-okta outputs --json"


@requirement("client:given-token-audience")
def test_a_token_is_kept_from_a_server_that_a_foreign_env_file_names(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """CI runs in a folder that a pull request may have filled; the token is for the server that it names itself."""
    (folder / ".env").write_text(SETTINGS)
    monkeypatch.setenv("TOKEN", jwt.encode({"aud": "https://real.example/mcp"}, "k" * 32, "HS256"))
    error = refusal("whoami")

    assert "is for https://real.example/mcp, not for https://abc.example/mcp" in error.message
    assert error.exit_code == 3
