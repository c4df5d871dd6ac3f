"""What the real Okta plugin sends, in its order, with its bodies. Source: tests/vectors/okta-plugin."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.local_cloud.okta.org import API_TOKEN, OktaOrg
from tests.requirements import requirement

pytestmark = pytest.mark.anyio

VECTORS = Path(__file__).resolve().parents[2] / "vectors" / "okta-plugin" / "okta-plugin-traffic.jsonl"


class Replay:
    """Sends recorded requests with the ids of this org in place of the recorded ones, which count the POSTs."""

    def __init__(self, org: OktaOrg) -> None:
        self.org = org
        self.names: dict[str, str] = {}
        self.posts = 0

    def translated(self, text: str) -> str:
        """A recorded text, with this org's ids."""
        for recorded in sorted(self.names, key=len, reverse=True):
            text = text.replace(f'"{recorded}"', f'"{self.names[recorded]}"')
            text = "/".join(self.names[recorded] if part == recorded else part for part in text.split("/"))
        return text

    async def send(self, record: dict[str, Any]) -> int:
        """Send one request; a creation teaches the id that follows."""
        body = None if record["body"] is None else self.translated(json.dumps(record["body"]))
        headers = {"Authorization": f"SSWS {API_TOKEN}"}
        if record["content_type"]:
            headers["Content-Type"] = record["content_type"]
        async with self.org.browser(headers=headers) as client:
            response = await client.request(record["method"], self.translated(record["path"]), content=body)
        assert response.status_code < 300, (record["method"], record["path"], response.text)
        if record["method"] == "POST" and record["phase"] == "create":
            self.posts += 1
            self.names[f"id{self.posts}"] = response.json().get("id", "")
        return response.status_code


def records() -> list[dict[str, Any]]:
    """The recording."""
    return [json.loads(line) for line in VECTORS.read_text().splitlines()]


@requirement("okta:plugin-traffic")
@requirement("okta:status-codes")
async def test_every_recorded_request_is_answered_as_okta_answers_it(bare: OktaOrg) -> None:
    """201 for authorization-server objects, 200 for apps and groups, 204 for deletes (docs/facts/okta.md §9)."""
    replay = Replay(bare)
    policy = (await bare.call("GET", "/api/v1/policies?type=ACCESS_POLICY")).json()
    assert [item["system"] for item in policy] == [True]
    replay.names = {"00g1": await bare.group("mcp-readers"), "pol1": policy[0]["id"]}

    for record in records():
        status = await replay.send(record)

        if record["method"] == "DELETE":
            assert status == 204
        elif record["method"] == "POST" and record["path"].startswith("/api/v1/authorizationServers"):
            assert status == (204 if "lifecycle" in record["path"] else 201)
        elif record["method"] == "PUT" and "/policies/pol1" in record["path"]:
            assert status == 204
        else:
            assert status == 200


@requirement("okta:plugin-traffic")
async def test_nothing_is_left_after_the_recorded_destroy(bare: OktaOrg) -> None:
    """The org is as it was before (issue 3)."""
    lists = ("/api/v1/authorizationServers", "/api/v1/apps", "/api/v1/groups", "/api/v1/users")
    before = [(await bare.call("GET", path)).json() for path in lists]
    replay = Replay(bare)
    policy = (await bare.call("GET", "/api/v1/policies?type=ACCESS_POLICY")).json()
    replay.names = {"00g1": await bare.group("mcp-readers"), "pol1": policy[0]["id"]}
    for record in records():
        await replay.send(record)

    assert [(await bare.call("GET", path)).json() for path in lists] == before
