"""Where the org is, who we are there, and the proof that it takes us."""

import json
import os
from urllib.parse import urlsplit

import httpx2

from local_cloud.pulumi.providers.errors import Gone, ProviderError
from local_cloud.pulumi.providers.loopback import refuse_elsewhere
from local_cloud.pulumi.providers.okta.client import CONNECTIONS, TIMEOUT_SECONDS, OktaClient
from local_cloud.pulumi.providers.okta.credentials import ApiToken, Credentials, ServiceApp, private_key
from local_cloud.pulumi.providers.okta.requests import RETRIES
from local_cloud.pulumi.providers.patience import Patience
from local_cloud.pulumi.providers.values import Properties

OAUTH = {
    "clientId": "OKTA_API_CLIENT_ID",
    "privateKey": "OKTA_API_PRIVATE_KEY",
    "privateKeyId": "OKTA_API_PRIVATE_KEY_ID",
    "scopes": "OKTA_API_SCOPES",
}
SETTINGS = frozenset({"orgName", "baseUrl", "apiToken", "httpProxy", "maxRetries", "requestTimeout", *OAUTH})


def connect(settings: Properties, patience: Patience | None = None) -> OktaClient:
    """
    Find the org and prove the credentials.

    Raises:
        ProviderError: a setting is missing or wrong, the org cannot be reached, or the credentials are refused.
    """
    url = org_url(settings)
    found = credentials(settings, url or "")
    if found is None or not url:
        missing = [n for n, v in (("okta:orgName", url), ("okta:apiToken", found)) if not v]
        raise ProviderError(f"not configured: {', '.join(missing)}")
    refuse_elsewhere("Okta", url)
    timeout = number(settings, "requestTimeout", 0) or TIMEOUT_SECONDS
    http = httpx2.Client(timeout=timeout, trust_env=False, limits=CONNECTIONS)
    client = OktaClient(url, found, http, patience, retries=number(settings, "maxRetries", RETRIES))
    prove(client)
    return client


def credentials(settings: Properties, url: str) -> Credentials | None:
    """
    The API token, or the service app; a setting goes before the environment, and then a token before an app.

    Raises:
        ProviderError: both are set, or something of the app is missing or wrong.
    """
    given = {name: settings[name] for name in OAUTH if settings.get(name)}
    if given and settings.get("apiToken"):
        raise ProviderError(f"okta:apiToken and okta:{min(given)} exclude each other: unset one of them")
    token = settings.get("apiToken") or os.environ.get("OKTA_API_TOKEN")
    if token and not given:
        return ApiToken(token)
    found = {**{n: os.environ[v] for n, v in OAUTH.items() if os.environ.get(v)}, **given}
    return service_app(found, url) if found else None


def service_app(found: Properties, url: str) -> ServiceApp:
    """
    The app that signs for its tokens.

    Raises:
        ProviderError: something is missing or wrong.
    """
    missing = [f"okta:{name} (or {OAUTH[name]})" for name in ("clientId", "privateKey", "scopes") if name not in found]
    if missing:
        raise ProviderError(f"not configured: {', '.join(missing)}")
    key = private_key(found["privateKey"])
    return ServiceApp(url, found["clientId"], key, found.get("privateKeyId"), scopes(found["scopes"]))


def scopes(given: list[str] | str) -> list[str]:
    """The scopes of the setting, which the engine hands over as JSON, or of the environment, with commas."""
    if isinstance(given, str):
        given = json.loads(given) if given.startswith("[") else given.split(",")
    return [scope.strip() for scope in given]


def prove(client: OktaClient) -> None:
    """Ask who we are: the two clients inside the real plugin each do once. An app is nobody, and shows its token."""
    for _ in range(2 if client.credentials.is_api_token else 0):
        try:
            client.get("/api/v1/users/me")
        except Gone as error:
            raise ProviderError(f"{client.org_url} does not answer as an Okta org") from error
    if not client.credentials.is_api_token:
        client.sign_in()


def org_url(settings: Properties) -> str | None:
    """
    The org's address; None where nothing says it.

    Source: pulumi-okta, provider configuration: OKTA_HTTP_PROXY takes the org's place.
    """
    proxy = settings.get("httpProxy") or os.environ.get("OKTA_HTTP_PROXY")
    if proxy:
        if urlsplit(proxy).scheme not in ("http", "https") or not urlsplit(proxy).hostname or "@" in proxy:
            raise ProviderError("okta:httpProxy (or OKTA_HTTP_PROXY) is not a URL of the form http://host:port")
        return str(proxy).rstrip("/")
    org = settings.get("orgName") or os.environ.get("OKTA_ORG_NAME")
    base = settings.get("baseUrl") or os.environ.get("OKTA_BASE_URL") or "okta.com"
    return f"https://{org}.{base}" if org else None


def number(settings: Properties, name: str, default: int) -> int:
    """A setting that the engine hands over as text."""
    try:
        return int(settings.get(name, default))
    except (TypeError, ValueError) as error:
        raise ProviderError(f"okta:{name} is not a whole number") from error
