"""The environment variables with which Pulumi, the AWS SDKs and the Okta plugin talk to the local cloud only."""

import json
import os
from collections.abc import Mapping
from urllib.parse import quote

from local_cloud.folder import LocalFolder
from local_cloud.hosts import ORG_DOMAIN, ORG_NAME
from local_cloud.keys import Keys, read_keys
from local_cloud.state import State

# Who may what on the local cloud, where the stack does not say: the groups of the seed file.
ACCESS = {"mcp-readers": ["mcp:read"], "mcp-editors": ["mcp:read", "mcp:write"]}
REGION = "us-east-1"
# What would lead to a real account, in the order of the SDKs' and plugins' own documentation.
LEADS_ELSEWHERE = (
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_SESSION_TOKEN",
    "AWS_SECURITY_TOKEN",
    "AWS_ROLE_ARN",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    "AWS_USE_FIPS_ENDPOINT",
    "AWS_USE_DUALSTACK_ENDPOINT",
    "AWS_CA_BUNDLE",
    "OKTA_API_CLIENT_ID",
    "OKTA_API_PRIVATE_KEY",
    "OKTA_API_PRIVATE_KEY_ID",
    "OKTA_API_SCOPES",
    "OKTA_ACCESS_TOKEN",
    "PULUMI_ACCESS_TOKEN",
    "PULUMI_API",
    "PULUMI_CONFIG_PASSPHRASE_FILE",
    "PULUMI_DIY_BACKEND_URL",
    "PULUMI_ORG",
)


def local_environment(
    folder: LocalFolder, state: State, current: Mapping[str, str] = os.environ
) -> dict[str, str | None]:
    """
    What to set, and with None what to unset, in an environment that is like `current`.

    Raises:
        LocalCloudError: a secret cannot be read.
    """
    unset = [*LEADS_ELSEWHERE, *(name for name in current if name.startswith("AWS_ENDPOINT_URL_"))]
    clouds = okta_variables(state) | aws_variables(state, read_keys(folder))
    return dict.fromkeys(unset) | clouds | engine_variables(folder, current)


def okta_variables(state: State) -> dict[str, str | None]:
    """The Okta plugin reaches plain http through its proxy setting (facts: OKTA_HTTP_PROXY)."""
    return {
        "OKTA_HTTP_PROXY": state.okta_url,
        "OKTA_ORG_NAME": ORG_NAME,
        "OKTA_BASE_URL": ORG_DOMAIN,
        "OKTA_API_TOKEN": state.okta_api_token,
        "MCP_OKTA_LOCAL_ACCESS": json.dumps(ACCESS),
    }


def aws_variables(state: State, keys: Keys) -> dict[str, str | None]:
    """This root's own key, an endpoint on this machine, and none of the person's AWS files."""
    return {
        "AWS_ENDPOINT_URL": state.aws_endpoint_url,
        "AWS_ACCESS_KEY_ID": keys.access_key_id,
        "AWS_SECRET_ACCESS_KEY": keys.secret_access_key,
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def engine_variables(folder: LocalFolder, current: Mapping[str, str]) -> dict[str, str | None]:
    """
    The engine's home, the only plugins being those in it, its backend and stack; and no proxy to this machine itself.

    Source: Pulumi: a plugin on PATH goes before an installed one, unless PULUMI_IGNORE_AMBIENT_PLUGINS is set.
    """
    path = current.get("PATH") or os.defpath
    ours = str(folder.path / "bin")
    direct = _with_loopback(current.get("no_proxy") or current.get("NO_PROXY") or "")
    return {
        "PULUMI_HOME": str(folder.path / "pulumi"),
        "PULUMI_IGNORE_AMBIENT_PLUGINS": "true",
        "PULUMI_BACKEND_URL": f"file://{quote(str(folder.path / 'state'))}",
        "PULUMI_CONFIG_PASSPHRASE": folder.secret("passphrase"),
        "PULUMI_SKIP_UPDATE_CHECK": "1",
        "PULUMI_STACK": "local",
        "PATH": os.pathsep.join([ours, *(part for part in path.split(os.pathsep) if part != ours)]),
        "NO_PROXY": direct,
        "no_proxy": direct,
    }


def daemon_environment(current: Mapping[str, str] = os.environ) -> dict[str, str]:
    """
    The environment of the daemon: the person's, without what means a cloud, a stack or a server to it.

    What it writes reaches its log at once and in order, also where it is killed.
    """
    foreign = ("AWS_", "OKTA_", "PULUMI_", "MCP_", "BASE_SCOPES", "REDIRECT_URIS", "MOTO_")
    kept = {name: value for name, value in current.items() if not name.startswith(foreign)}
    direct = _with_loopback(current.get("no_proxy") or current.get("NO_PROXY") or "")
    return kept | {"NO_PROXY": direct, "no_proxy": direct, "PYTHONUNBUFFERED": "1"}


def _with_loopback(no_proxy: str) -> str:
    hosts = [host for host in no_proxy.split(",") if host]
    return ",".join([*hosts, *(host for host in ("127.0.0.1", "localhost") if host not in hosts)])
