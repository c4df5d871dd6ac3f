"""A recording Okta of few words, like the one in front of which the real plugin was recorded."""

import copy
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx2

from local_cloud.pulumi.providers.okta import PLUGIN
from local_cloud.pulumi.providers.okta.client import OktaClient
from local_cloud.pulumi.providers.okta.connection import prove
from local_cloud.pulumi.providers.patience import Patience
from tests.local_cloud.pulumi.wire import Wire

URL = "http://127.0.0.1"
TOKEN = "00-a-token-that-nobody-may-see"
SIGNING = {
    "kid": "k",
    "rotationMode": "AUTO",
    "lastRotated": "2026-01-01T00:00:00Z",
    "nextRotation": "2026-03-01T00:00:00Z",
}
POLICY_LINK = {"accessPolicy": {"href": f"{URL}/api/v1/policies/pol1"}}
Exchange = tuple[str, str, Any]


@dataclass
class StubOkta:
    """
    Keeps what is posted and answers with it; ids are given out in the order in which `ids` names them.

    Args:
        ids_of: the id of the only object in a collection.
        failing: {(method, path): status} of requests that go wrong.
    """

    ids: list[str] = field(default_factory=lambda: [f"id{number}" for number in range(1, 99)])
    ids_of: dict[str, str] = field(default_factory=dict)
    failing: dict[tuple[str, str], int] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    objects: dict[str, Any] = field(default_factory=dict)
    asked: list[Exchange] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.objects["/api/v1/users/me"] = {"id": "00u1"}
        self.objects["/.well-known/okta-organization"] = {"id": "00o1", "pipeline": "idx"}
        self.objects["/api/v1/policies?type=ACCESS_POLICY"] = [{"id": "pol1", "system": True}]

    def wire(self, **options: Any) -> Wire:
        """The plugin, configured against this org."""
        return Wire(PLUGIN, lambda settings: self.connect(**options))

    def connect(self, **options: Any) -> OktaClient:
        """A client that has proved its token."""
        client = self.client(**options)
        prove(client)
        return client

    def client(self, **options: Any) -> OktaClient:
        """A client of this org, which never really waits."""
        options.setdefault("patience", Patience(wait=lambda seconds: False))
        return OktaClient(URL, TOKEN, httpx2.Client(transport=httpx2.MockTransport(self.answer)), **options)

    def take(self) -> list[Exchange]:
        """What has been asked since the last time."""
        asked, self.asked = self.asked, []
        return asked

    def answer(self, request: httpx2.Request) -> httpx2.Response:
        """Record, and answer."""
        path = request.url.raw_path.decode()
        body = json.loads(request.content) if request.content else None
        self.asked.append((request.method, path, body))
        assert request.headers["authorization"] == f"SSWS {TOKEN}", "the token is missing"
        failure = self.failing.get((request.method, path))
        if failure:
            error = {"errorCode": "E0000009", "errorSummary": "Internal Server Error", "errorCauses": []}
            return httpx2.Response(failure, json=error, headers=self.headers)
        return getattr(self, request.method.lower())(path, body)

    def get(self, path: str, body: Any) -> httpx2.Response:
        """What is kept there."""
        if path not in self.objects:
            return httpx2.Response(404, json={"errorCode": "E0000007", "errorSummary": "Not found"})
        return httpx2.Response(200, json=self.objects[path])

    def post(self, path: str, body: Any) -> httpx2.Response:
        """Keep a new object, unless the path is an action."""
        if path.endswith("/idToken"):
            self.objects[path] = body
        elif "/lifecycle/" not in path:
            collection = path.split("?")[0]
            identifier = self.ids_of.get(collection) or self.ids.pop(0)
            self.objects[f"{collection}/{identifier}"] = completed(collection, identifier, copy.deepcopy(body))
            return httpx2.Response(201, json=self.objects[f"{collection}/{identifier}"])
        return httpx2.Response(200, json={})

    def put(self, path: str, body: Any) -> httpx2.Response:
        """Replace, or link."""
        if body is None and "/policies/" in path:
            return httpx2.Response(204)
        if path not in self.objects and not path.startswith("/api/v1/apps/"):
            return httpx2.Response(404, json={"errorCode": "E0000007", "errorSummary": "Not found"})
        collection, _, identifier = path.rpartition("/")
        self.objects[path] = completed(collection, identifier, copy.deepcopy(body or {}))
        return httpx2.Response(200, json=self.objects[path])

    def delete(self, path: str, body: Any) -> httpx2.Response:
        """Forget."""
        return httpx2.Response(204 if self.objects.pop(path, None) else 404, json=None)


def completed(collection: str, identifier: str, body: dict[str, Any]) -> dict[str, Any]:
    """The object with what Okta adds, as little as the real plugin can do with."""
    body["id"] = identifier
    if collection.endswith("/authorizationServers"):
        body |= {"status": "ACTIVE", "issuer": f"{URL}/oauth2/{identifier}", "credentials": {"signing": dict(SIGNING)}}
    elif re.fullmatch("/api/v1/apps", collection):
        body |= {"status": "ACTIVE", "_links": POLICY_LINK}
        body["credentials"]["oauthClient"].setdefault("client_id", identifier)
    elif collection.endswith(("/scopes", "/rules")):
        body["system"] = False
    return body
