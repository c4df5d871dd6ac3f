"""A deployed server as a world for the adversarial table: tokens are signed with the org's own key, from its file."""

import json
import shutil
import time
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import boto3
import httpx2
from joserfc.jwk import RSAKey

from local_cloud.okta.store import Store
from tests.journeys.checkout import Checkout
from tests.lambda_server.adversary.world import World

REQUEST_SECONDS = 30


@dataclass(frozen=True)
class Deployment:
    """A stack that is up, what it says of itself, and where its function logs."""

    checkout: Checkout
    outputs: dict[str, Any]
    aws_url: str

    @property
    def metadata_url(self) -> str:
        """Where the protected resource metadata is."""
        origin = self.outputs["url"].removesuffix("/mcp")
        return f"{origin}/.well-known/oauth-protected-resource/mcp"

    @property
    def log(self) -> Path:
        """The function's log."""
        return self.checkout.root / f".local/logs/function-{self.outputs['function_name']}.log"

    def aws(self, service: str) -> Any:
        """An AWS SDK client."""
        return boto3.client(
            service,
            endpoint_url=self.aws_url,
            region_name="us-east-1",
            **self.checkout.aws_keys(),
        )

    @cached_property
    def world(self) -> World:
        """Issuer, keys and a person, as the local Okta keeps them."""
        httpx2.get(f"{self.outputs['issuer']}/v1/keys", timeout=REQUEST_SECONDS).raise_for_status()  # makes the keys
        org = self._org()
        server = self.outputs["authorization_server_id"]
        mine = next(org.rows("keys", server=server, status="ACTIVE"))
        reader = next(row for row in org.rows("users") if row["profile"]["login"] == "reader@example.com")
        strangers = {name: RSAKey.generate_key(2048) for name in ("stranger", "other_server")}
        return World(
            url=self.outputs["url"],
            issuer=self.outputs["issuer"],
            client_id=self.outputs["client_id"],
            service_id="0oa-service",
            kid=mine["id"],
            now=int(time.time()),
            live=True,
            keys={"issuer": RSAKey.import_key(mine["jwk"])} | strangers,
            uid=reader["id"],
        )

    def _org(self) -> Store:
        """The local Okta's objects, from a copy of its file, which is its own to write."""
        kept = self.checkout.root / ".local/okta.json"
        return Store(Path(shutil.copy(kept, self.checkout.root / "okta-copy.json")))

    def lines(self) -> list[dict[str, Any]]:
        """What the function has logged so far, of its own lines."""
        if not self.log.exists():
            return []  # no environment has started yet
        texts = [line.partition("Z ")[2] for line in self.log.read_text().splitlines()]
        return [json.loads(text) for text in texts if text.startswith("{") and '"logger"' in text]

    def widen(self) -> None:
        """Lift the throttling, which is another test's business."""
        limits = {"ThrottlingRateLimit": 5000.0, "ThrottlingBurstLimit": 5000}
        stage = {"ApiId": self.outputs["api_id"], "StageName": "$default"}
        self.aws("apigatewayv2").update_stage(**stage, DefaultRouteSettings=limits)

    def check_by(self, mode: str) -> None:
        """Let the function check tokens in that way."""
        function = self.aws("lambda")
        name = self.outputs["function_name"]
        variables = function.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
        changed = {"Variables": variables | {"TOKEN_CHECK": mode}}
        function.update_function_configuration(FunctionName=name, Environment=changed)

    def count_as_issued(self, token: str) -> None:
        """Have Okta take a forged token for one of its own, as far as the token itself lets it."""
        body = {"token": token, "client": self.world.client_id, "user": self.world.uid}
        self._tell(f"{self.world.issuer.partition('/oauth2/')[0]}/_local/issued", "POST", body)

    def rename(self, enabled: bool) -> None:
        """Let the front door rename WWW-Authenticate, or not."""
        self._tell(f"{self.aws_url}/_local/rename-www-authenticate", "PUT", {"enabled": enabled})

    def _tell(self, url: str, method: str, body: dict[str, Any]) -> None:
        headers = {"Authorization": f"SSWS {(self.checkout.root / '.local/okta-api-token').read_text()}"}
        httpx2.request(method, url, json=body, headers=headers, timeout=REQUEST_SECONDS).raise_for_status()
