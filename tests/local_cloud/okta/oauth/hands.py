"""What a row of the table sends: its words in braces become what a client has in hand."""

import base64
import hashlib
import re
from typing import Any
from urllib.parse import urlencode

import httpx2

from tests.local_cloud.okta.oauth.world import AFTERWARDS, BEARER, BROWSER_ORIGIN, READER, World
from tests.local_cloud.okta.org import AUDIENCE, CALLBACK, ORG_URL

_NAME = re.compile(r"\{(\w+)\}")
VERIFIER = "a" * 43
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Hands:
    """
    One row at one server.

    Args:
        at: `custom` for the authorization server of the world, `org` for the org's own.
    """

    def __init__(self, world: World, at: str, row: dict[str, Any]) -> None:
        self.world, self.row = world, row
        self.server = row.get("server", world.org.server["id"])
        self.base = f"/oauth2/{self.server}" if at == "custom" else "/oauth2"
        issuer, audience = (f"{ORG_URL}{self.base}", AUDIENCE) if at == "custom" else (ORG_URL, ORG_URL)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
        self.known: dict[str, str] = {
            "base": self.base,
            "server": self.server,
            "issuer": issuer,
            "audience": audience,
            "endpoints": f"{ORG_URL}{self.base}/v1",
            "org": ORG_URL,
            "callback": CALLBACK,
            "afterwards": AFTERWARDS,
            "browser_origin": BROWSER_ORIGIN,
            "bearer": BEARER,
            "challenge": challenge,
            **{app: world.id(app) for app in world.apps},
            **{f"{app}_secret": secret for app, secret in world.secrets.items()},
            **{f"{app}_alone": _encoded(world.id(app)) for app in world.apps},
            **{f"{app}_empty": _encoded(f"{world.id(app)}:") for app in world.apps},
        }

    async def send(self) -> httpx2.Response:
        """Send what the row says."""
        row = self.row
        method, path = row["route"].split(" ")
        async with self.world.org.browser() as browser:
            form = await self.fill(row.get("form"))
            if row.get("csrf"):
                await browser.get("/activate")
                form = {"csrf": browser.cookies["okta_csrf"], **form}
            if row.get("signed_in"):
                await self.world.sign_in("/oauth2").answer(browser, READER)
            options = await self.fill({"params": row.get("query"), "headers": row.get("headers_sent", {})})
            if "bearer" in row:
                options["headers"]["Authorization"] = f"Bearer {await self.fill(row['bearer'])}"
            if "basic" in row:
                options["auth"] = tuple(await self.fill(row["basic"]))
            body = _body(row, form)
            options["headers"] |= FORM if "content" in body else {}
            return await browser.request(method, await self.fill(path), **options, **body)

    async def fill(self, value: Any) -> Any:
        """A value of the table with its words in braces replaced."""
        if isinstance(value, dict):
            return {name: await self.fill(each) for name, each in value.items()}
        if isinstance(value, list):
            return [await self.fill(each) for each in value]
        if not isinstance(value, str):
            return value
        for name in _NAME.findall(value):
            await self._get(name)
        return _NAME.sub(lambda found: self.known[found.group(1)], value)

    async def _get(self, name: str) -> None:
        if name in self.known:
            return
        if name in ("code", "verifier"):
            self.known["code"], self.known["verifier"] = await self.world.code(self.base)
        elif name in ("access_token", "refresh_token", "id_token"):
            self.known |= {key: str(value) for key, value in (await self.world.tokens(self.base)).items()}
        elif name == "scoped_token":
            self.known[name] = (await self.world.tokens(self.base, "mcp:read"))["access_token"]
        elif name in ("device_code", "user_code"):
            self.known |= {key: str(value) for key, value in (await self.world.device(self.base)).items()}
        elif name in ("assertion", "foreign_assertion"):
            path = await self.fill(self.row["route"].split(" ")[1])
            audience = "https://elsewhere.example" if name == "foreign_assertion" else f"{ORG_URL}{path}"
            self.known[name] = self.world.assertion("key", audience)


def _encoded(credentials: str) -> str:
    """What stands behind `Basic`."""
    return base64.b64encode(credentials.encode()).decode()


def _body(row: dict[str, Any], form: Any) -> dict[str, Any]:
    if "body" in row:
        return {"json": row["body"]}
    if isinstance(form, list) or form == {}:
        return {"content": urlencode([tuple(pair) for pair in form])}
    return {} if form is None else {"data": form}
