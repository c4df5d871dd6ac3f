"""An issuer that answers as a case says, and as Okta does in everything else."""

import json
from collections.abc import Mapping
from typing import Any

import httpx2

from tests.lambda_server.adversary.forge import fill, segment
from tests.lambda_server.adversary.world import World
from tests.lambda_server.okta_in_memory import OktaInMemory

# Numbers of the wrong size; nobody has the keys to them.
MODULI = {
    "small": (1024, 128),
    "nearly": (2047, 256),
    "padded": (1024, 256),
    "huge": (16384, 2048),
    "largest": (8192, 1024),
    "larger": (8193, 1025),
}


class CaseOkta(OktaInMemory):
    """The issuer of one case."""

    def __init__(self, world: World, instead: Mapping[str, Any] | None) -> None:
        super().__init__()
        self._world = world
        self._instead = instead or {}
        self.clock = world.now

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Answer one request."""
        await request.aread()
        for path, told in self._instead.items():
            if request.url.path.endswith(f"/v1/{path}"):
                self.asked.append(request)
                if "answer" not in told:
                    return self._say(told)
                good = (await super().handle_async_request(request)).json()
                return httpx2.Response(200, json=self._changed(good, told["answer"]))
        return await super().handle_async_request(request)

    def _say(self, told: Mapping[str, Any]) -> httpx2.Response:
        if "raise" in told:
            raise getattr(httpx2, told["raise"])("as the case says")
        if "only" in told:
            return httpx2.Response(200, json=told["only"])
        if "set" in told:
            keys = [self._entry(spec) if isinstance(spec, dict) else spec for spec in told["set"]]
            return httpx2.Response(200, content=json.dumps({"keys": keys}).ljust(told.get("pad", 0)).encode())
        named = (("location", told.get("location")), ("x-of", "case"))
        headers = {name: value for name, value in named if value}
        if "encoding" in told:
            return httpx2.Response(200, headers={"content-encoding": told["encoding"]}, stream=Zipped())
        return httpx2.Response(
            told.get("status", 200), headers=headers, content=fill(told.get("content", ""), self._world)
        )

    def _entry(self, spec: Mapping[str, Any]) -> dict[str, Any]:
        of = spec.get("of", "issuer")
        if of in MODULI:
            bits, octets = MODULI[of]
            jwk = {"kty": "RSA", "e": "AQAB", "n": segment((1 << (bits - 1) | 1).to_bytes(octets))}
        else:
            jwk = dict(self._world.keys[of].as_dict(private=False))
        good = jwk | {"kid": self._world.kid, "use": "sig", "alg": "RS256"}
        return self._changed(good, {name: value for name, value in spec.items() if name != "of"})

    def _changed(self, good: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
        absent = {
            name for name, value in changes.items() if value == {"absent": True} or (value is None and name != "active")
        }
        return {name: fill(value, self._world) for name, value in {**good, **changes}.items() if name not in absent}


class Zipped(httpx2.AsyncByteStream):
    """A body that nobody should unfold."""

    async def __aiter__(self):  # type: ignore[no-untyped-def]
        """Fail whoever reads."""
        raise AssertionError("the body was read")
        yield b""
