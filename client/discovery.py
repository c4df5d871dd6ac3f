"""The authorization server's own description of itself, for what the SDK's provider does not do. Source: RFC 8414."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx2
from mcp.client.auth.utils import build_oauth_authorization_server_metadata_discovery_urls
from mcp.shared.auth import OAuthMetadata
from pydantic import ValidationError

from client.errors import BadAnswer, ServerError, place
from client.exchange import Exchange
from client.outputs import Outputs
from client.token_answer import json_object


@dataclass(frozen=True)
class Described:
    """What the server publishes: as the SDK keeps it, and whole."""

    metadata: OAuthMetadata
    document: Mapping[str, Any]

    def endpoint(self, name: str) -> str:
        """
        The URL of an endpoint.

        Raises:
            BadAnswer: the server publishes none.
        """
        url = self.document.get(name)
        if not isinstance(url, str):
            raise BadAnswer(f"{self.document['issuer']} publishes no {name}", "ask an Okta administrator")
        return url


async def discover(outputs: Outputs, exchange: Exchange) -> Described:
    """
    Fetch the metadata of the deployed issuer; a 4xx leads to the next well-known address.

    Raises:
        BadAnswer: no address has metadata of exactly this issuer (RFC 8414 §3.3).
        ServerError, NetworkError: the server is in trouble.
    """
    for url in build_oauth_authorization_server_metadata_discovery_urls(outputs.issuer, outputs.url):
        response = await exchange(httpx2.Request("GET", url))
        if response.status_code >= 500 or response.status_code == 429:
            raise ServerError(f"{place(url)} answered {response.status_code}", "wait a minute, then try again")
        if response.status_code == 200:
            return read(json_object(response), outputs, url)
    raise BadAnswer(f"{outputs.issuer} publishes no metadata", "mcp-okta outputs --json")


def read(document: Mapping[str, Any], outputs: Outputs, url: str) -> Described:
    """
    The metadata that a document holds.

    Raises:
        BadAnswer: it is incomplete, or of another issuer.
    """
    try:
        metadata = OAuthMetadata.model_validate(document)
    except ValidationError as error:
        raise BadAnswer(f"{place(url)} holds no authorization server metadata", "mcp-okta outputs --json") from error
    if document["issuer"] != outputs.issuer:
        raise BadAnswer(
            f"{place(url)} describes another issuer than the deployed {outputs.issuer}", "mcp-okta outputs --json"
        )
    return Described(metadata, document)
