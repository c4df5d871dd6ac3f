"""A case as an HTTP request, in the words of either protocol era."""

import json
from dataclasses import dataclass
from string import Template
from typing import Any

from tests.lambda_server.adversary.cases import Case
from tests.lambda_server.adversary.forge import fill, forge
from tests.lambda_server.adversary.world import World
from tests.lambda_server.both_eras import headers, message


@dataclass(frozen=True)
class Sent:
    """The parts of a POST to the endpoint."""

    query: str
    headers: list[tuple[bytes, bytes]]
    body: bytes
    token: str


def write_request(case: Case, world: World, era: str) -> Sent:
    """The request of a case."""
    token = forge(case.token, world)
    asked = message(era, case.call["method"], dict(fill(case.call["params"], world)))
    given = [(name, value) for name, value in headers(era, asked).items()]
    send = case.send or {"headers": [["authorization", "Bearer ${token}"]]}
    given += [(name, Template(value).safe_substitute(token=token)) for name, value in send["headers"]]
    query = Template(send.get("query", "")).safe_substitute(token=token)
    body = asked | _with_token(send.get("body", {}), token)
    encoded = [(name.encode(), value.encode("utf-8")) for name, value in given]
    return Sent(query, encoded, json.dumps(body).encode(), token)


def _with_token(members: dict[str, Any], token: str) -> dict[str, Any]:
    return {name: Template(value).safe_substitute(token=token) for name, value in members.items()}
