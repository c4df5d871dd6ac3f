"""Each seam between two packages, from the writing side to the reading side. Source: design, contracts 1 and 2."""

import pytest

from client.outputs import Outputs
from lambda_server.scopes import SCOPE_NAMES
from lambda_server.settings import Settings as FunctionSettings
from lambda_server.tools import TOOLS
from tests.infra.cloud import Deployment, run_program, settings_of
from tests.requirements import requirement

OUTPUTS = {
    "url", "issuer", "client_id", "scopes", "base_scopes", "redirect_uris", "access",
    "device_login", "services",
    "environment", "region", "function_name", "api_id", "authorization_server_id",
    "branch", "branch_of", "stack_id", "okta_org", "aws_account",
}  # fmt: skip


@pytest.fixture(scope="module")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    """One run of the program, with a file in the place of the zip."""
    bundle = tmp_path_factory.mktemp("bundle") / "function.zip"
    bundle.write_bytes(b"zip")
    return run_program(settings_of(), bundle)


@requirement("contract:outputs")
def test_the_stack_outputs_load_in_the_client(deployment: Deployment) -> None:
    """What the program exports is what the client validates and reads (contract 1)."""
    outputs = Outputs.from_mapping(deployment.outputs)

    assert set(deployment.outputs) == OUTPUTS
    assert outputs.url == deployment.outputs["url"]
    assert outputs.client_id == deployment.outputs["client_id"]
    assert outputs.grantors(("mcp:write",)) == ("editors",)


@requirement("contract:function-environment")
def test_the_functions_environment_loads_in_its_settings(deployment: Deployment) -> None:
    """What the program sets is what the function requires at init (contract 2)."""
    variables = deployment.one("Function")["environment"]["variables"]
    settings = FunctionSettings.from_environment(variables)

    assert settings.url == deployment.outputs["url"]
    assert settings.issuer == deployment.outputs["issuer"]
    assert list(settings.client_ids) == [deployment.outputs["client_id"]]


@requirement("contract:audience")
def test_the_audience_is_the_public_url_byte_for_byte(deployment: Deployment) -> None:
    """One server, one audience, and the function checks that very text (RFC 8707; docs/facts/okta.md §3)."""
    url = deployment.outputs["url"]

    assert deployment.one("Server")["audiences"] == [url]
    assert deployment.one("Function")["environment"]["variables"]["MCP_URL"] == url


@requirement("contract:scopes")
def test_every_scope_that_a_tool_needs_is_created_in_okta(deployment: Deployment) -> None:
    """The scopes are named once: tools need them, the program creates them, the outputs list them (ADR 0001)."""
    created = {scope.inputs["name"] for scope in deployment.of("ServerScope").values()}
    needed = {scope for tool in TOOLS for scope in tool.needs}

    assert needed <= created == set(SCOPE_NAMES) == set(deployment.outputs["scopes"])
