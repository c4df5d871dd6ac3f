"""Where the org is, and the proof that the token is good there."""

import os
from urllib.parse import urlsplit

import httpx2

from local_cloud.pulumi.providers.errors import Gone, ProviderError
from local_cloud.pulumi.providers.okta.client import RETRIES, TIMEOUT_SECONDS, OktaClient
from local_cloud.pulumi.providers.values import Properties

SETTINGS = frozenset({"orgName", "baseUrl", "apiToken", "httpProxy", "maxRetries", "requestTimeout"})


def connect(settings: Properties) -> OktaClient:
    """
    Find the org and prove the token, as the real plugin does when it is configured.

    Raises:
        ProviderError: a setting is missing or wrong, the org cannot be reached, or the token is refused.
    """
    url = org_url(settings)
    token = settings.get("apiToken") or os.environ.get("OKTA_API_TOKEN")
    if not token or not url:
        missing = [n for n, v in (("okta:orgName", url), ("okta:apiToken", token)) if not v]
        raise ProviderError(f"not configured: {', '.join(missing)}")
    timeout = number(settings, "requestTimeout", 0) or TIMEOUT_SECONDS
    http = httpx2.Client(timeout=timeout, trust_env=False)
    client = OktaClient(url, token, http, retries=number(settings, "maxRetries", RETRIES))
    prove(client)
    return client


def prove(client: OktaClient) -> None:
    """Ask who we are: the two clients inside the real plugin each do once."""
    for _ in range(2):
        try:
            client.get("/api/v1/users/me")
        except Gone as error:
            raise ProviderError(f"{client.org_url} does not answer as an Okta org") from error


def org_url(settings: Properties) -> str | None:
    """
    The org's address; None where nothing says it.

    Source: pulumi-okta, provider configuration: OKTA_HTTP_PROXY takes the org's place.
    """
    proxy = settings.get("httpProxy") or os.environ.get("OKTA_HTTP_PROXY")
    if proxy:
        if urlsplit(proxy).scheme not in ("http", "https") or not urlsplit(proxy).hostname or "@" in proxy:
            raise ProviderError("okta:httpProxy (or OKTA_HTTP_PROXY) is not a URL of the form http://host:port")
        return proxy.rstrip("/")
    org = settings.get("orgName") or os.environ.get("OKTA_ORG_NAME")
    base = settings.get("baseUrl") or os.environ.get("OKTA_BASE_URL") or "okta.com"
    return f"https://{org}.{base}" if org else None


def number(settings: Properties, name: str, default: int) -> int:
    """A setting that the engine hands over as text."""
    try:
        return int(settings.get(name, default))
    except (TypeError, ValueError) as error:
        raise ProviderError(f"okta:{name} is not a whole number") from error
