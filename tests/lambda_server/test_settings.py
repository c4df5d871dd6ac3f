"""The function's environment, read once."""

import pytest

from lambda_server.errors import BadSettings
from lambda_server.settings import Settings
from tests.lambda_server.okta_in_memory import CLIENT_ID, ENVIRONMENT, HOST, ISSUER, URL
from tests.requirements import requirement


def test_the_function_s_environment_becomes_settings() -> None:
    """Design, contract 2."""
    settings = Settings.from_environment(ENVIRONMENT | {"OKTA_CLIENT_IDS": f"{CLIENT_ID}, 0oa2", "HOME": "/"})

    assert (settings.url, settings.issuer, settings.client_ids) == (URL, ISSUER, (CLIENT_ID, "0oa2"))
    assert (settings.base_scopes, settings.path, settings.hosts) == (("mcp:read",), "/mcp", (HOST,))
    assert settings.metadata_url == f"https://{HOST}/.well-known/oauth-protected-resource/mcp"


@requirement("server:settings")
def test_every_missing_name_is_in_one_message() -> None:
    """Issue 3; an empty value counts as none."""
    with pytest.raises(BadSettings) as caught:
        Settings.from_environment({"OKTA_ISSUER": " "})

    assert caught.value.message == ("missing environment variables: MCP_URL, OKTA_ISSUER, OKTA_CLIENT_IDS, BASE_SCOPES")
    assert ".env.example" in caught.value.remedy


@requirement("server:settings")
def test_missing_and_invalid_names_share_the_message() -> None:
    """Issue 3: all problems at once."""
    given = {"MCP_URL": "https://HOST/mcp", "BASE_SCOPES": "mcp:admin", "LOG_LEVEL": "loud", "TOKEN_CHECK": "none"}
    with pytest.raises(BadSettings) as caught:
        Settings.from_environment(given)

    for part in ("OKTA_ISSUER, OKTA_CLIENT_IDS", "MCP_URL must", "BASE_SCOPES must", "LOG_LEVEL must", "TOKEN_CHECK"):
        assert part in caught.value.message


@pytest.mark.parametrize(
    "name,value",
    [
        ("MCP_URL", "http://example.com/mcp"),
        ("MCP_URL", "https://example.com/mcp/"),
        ("MCP_URL", "https://example.com/"),
        ("MCP_URL", "https://Example.com/mcp"),
        ("MCP_URL", "https://example.com/mcp?x=1"),
        ("MCP_URL", "https://user@example.com/mcp"),
        ("MCP_URL", "https://example.com:port/mcp"),
        ("MCP_URL", 'https://exa"mple.com/mcp'),
        ("OKTA_ISSUER", "http://example.okta.com/oauth2/aus1"),
        ("OKTA_ISSUER", "https://example.okta.com"),
        ("OKTA_ISSUER", "https://example.okta.com/oauth2/aus1/"),
        ("OKTA_ISSUER", "https://[broken/oauth2/aus1"),
        ("OKTA_CLIENT_IDS", ","),
        ("ALLOWED_ORIGINS", "https://app.example.com/"),
        ("ALLOWED_ORIGINS", "*"),
        ("LEEWAY_SECONDS", "-1"),
        ("LEEWAY_SECONDS", "301"),
        ("LEEWAY_SECONDS", "²"),
        ("KEYS_STALE_SECONDS", "604801"),
        ("KEYS_STALE_SECONDS", "9" * 5000),
        ("AWS_LAMBDA_FUNCTION_NAME", "mcp\nokta"),
        ("AWS_LAMBDA_FUNCTION_NAME", "x" * 65),
        ("OKTA_SERVICE_CLIENT_IDS", ","),
        ("OKTA_SERVICE_CLIENT_IDS", f"0oa-service,{ENVIRONMENT['OKTA_CLIENT_IDS']}"),
    ],
)
def test_a_value_that_cannot_be_meant_is_named(name: str, value: str) -> None:
    """What is compared byte for byte must be canonical (RFC 8707 §2, RFC 6454 §6.2); TLS off this machine."""
    with pytest.raises(BadSettings, match=name):
        Settings.from_environment(ENVIRONMENT | {name: value})


@pytest.mark.parametrize("host", ["127.0.0.1:4566", "localhost:8001"])
def test_plain_http_is_taken_on_this_machine(host: str) -> None:
    """The local cloud and the developer's server (docs/architecture.md)."""
    given = ENVIRONMENT | {"MCP_URL": f"http://{host}/mcp", "OKTA_ISSUER": f"http://{host}/oauth2/aus1"}

    assert Settings.from_environment(given).hosts == (host,)


def test_the_environment_s_name_is_the_function_s() -> None:
    """AWS Lambda, defined runtime environment variables; a developer's machine has none."""
    named = Settings.from_environment(ENVIRONMENT | {"AWS_LAMBDA_FUNCTION_NAME": "mcp-okta-dev"})

    assert (named.function_name, Settings.from_environment(ENVIRONMENT).function_name) == ("mcp-okta-dev", "local")
